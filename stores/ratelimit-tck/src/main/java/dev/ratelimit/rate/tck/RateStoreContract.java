package dev.ratelimit.rate.tck;

/**
 * All rules of {@code RATES.md} as tests. The author of a store extends this class with one method:
 *
 * <pre>{@code
 * class MyRateStoreTest extends RateStoreContract {
 *     @Override
 *     public RateStore createStore() {
 *         return new MyRateStore(...);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test has its rule's number in its name, creates a store, uses budgets that no other test uses, and closes the
 * store. Override further methods of {@link RateStoreHooks} to enable more tests. Tests whose hooks are missing (a
 * second store, a restart, a fault) are reported as skipped.
 */
public abstract class RateStoreContract
        implements R1NeverMoreThanTheRate,
                R2HowMuchIsGranted,
                R3TermsTravel,
                R4Time,
                R5GivingBack,
                R6Blackouts,
                R7FailureIsNoRefusal,
                R8Calls {

    /** For subclasses. */
    protected RateStoreContract() {}
}
