package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A limiter for 100,000 keys after a million have come, which goes on to allow keys that nobody has seen before. */
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public abstract class FullTable {

    private static final int MAX_KEYS = 100_000;

    private final Rate rate;
    private final boolean stayInDebt;

    private Limiter<String> limiter;
    private long asked;
    private long refused;

    /**
     * For subclasses.
     *
     * @param rate the rate of each key
     * @param stayInDebt whether all keys in the table are still in debt when new ones come; otherwise none is
     */
    protected FullTable(Rate rate, boolean stayInDebt) {
        this.rate = rate;
        this.stayInDebt = stayInDebt;
    }

    /** Makes the limiter and fills its table. */
    @Setup
    public void setUp() {
        limiter = Limiters.builder(rate)
                .maxKeys(MAX_KEYS)
                .whenSaturated(WhenSaturated.EVICT)
                .build();
        asked = 0;
        refused = 0;
        NewKeys keys = new NewKeys();
        for (int i = 0; i < 10 * MAX_KEYS; i++) {
            allows(keys.next());
        }
    }

    /**
     * Asks for one permit of a new key.
     *
     * @param key the key
     * @return whether it was allowed: always
     */
    boolean allows(String key) {
        asked++;
        boolean allowed = limiter.tryAcquire(key);
        if (!allowed) {
            refused++;
        }
        return allowed;
    }

    /**
     * Fails if a new key was refused, or the table was not as full of debts as it ought to be.
     *
     * <p>One in a million may find sixteen debts where there ought to be hardly any: a clock that stands still for some
     * milliseconds, as it can on a virtual machine, fills the table with keys of one instant.
     */
    @TearDown
    public void checkDecisions() {
        BenchmarkDefaults.check(refused == 0, refused + " new keys were refused");
        long forgotten = limiter.evictedInDebt();
        BenchmarkDefaults.check(
                stayInDebt ? forgotten > asked * 8 / 10 : forgotten <= asked / 1_000_000,
                forgotten + " debts were forgotten for " + asked + " new keys");
    }
}
