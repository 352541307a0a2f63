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
 * <p>Each test has its rule's number in its name, creates a store, counts on counters that no other test uses, and
 * closes the store. Override further methods of {@link StoreHooks} to enable more tests. Tests whose hooks are missing
 * (a second store, a restart, a fault) are reported as skipped.
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
