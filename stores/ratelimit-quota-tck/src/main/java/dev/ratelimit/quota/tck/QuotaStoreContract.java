package dev.ratelimit.quota.tck;

/**
 * All rules of {@code SPEC.md} as tests. The author of a store extends this class with one method:
 *
 * <pre>{@code
 * class MyStoreTest extends QuotaStoreContract {
 *     @Override
 *     public QuotaStore createStore() {
 *         return new MyStore(...);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test has its rule's number in its name, makes a store, counts on counters that nobody else has, and closes the
 * store. The rest of {@link StoreHooks} is there to be overridden: what is not offered (a second store, a restart, a fault)
 * is not tested, and the tests that miss it are skipped visibly.
 */
public abstract class QuotaStoreContract
        implements S1NeverMoreThanTheLimit,
                S2HowMuchIsGranted,
                S3LimitTravels,
                S4CountersAreKept,
                S5OperationsComeAgain,
                S6InDoubtStrict,
                S7TroubleIsNoDenial,
                S8Groups,
                S9Calls,
                S10Listing {

    /** For subclasses. */
    protected QuotaStoreContract() {}
}
