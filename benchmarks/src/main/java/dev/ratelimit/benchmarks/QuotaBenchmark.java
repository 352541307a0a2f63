package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of one amount counted in memory, beside that of one decision of a limiter, for the same keys in the same
 * order, on one thread.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class QuotaBenchmark extends BenchmarkDefaults {

    private static final int DRAWS = 1 << 21;

    /** The number of distinct keys. */
    @Param({"1", "1000000"})
    public int keys;

    private String[] names;
    private int[] sequence;
    private int cursor;
    private Limiter<String> limiter;
    private QuotaService quotas;
    private long wrong;

    /** Makes the keys and their order, and makes each known to the limiter and to the store. */
    @Setup
    public void setUp() {
        names = new UuidKeys(36).nextHashed(keys);
        sequence = Zipf.draws(keys, DRAWS);
        cursor = 0;
        limiter = Limiters.builder(Rate.perSecond(1_000_000).burst(100_000_000_000L))
                .maxKeys(Math.max(keys, 100_000))
                .build();
        quotas = Quotas.of(QuotaStores.inMemory(), Quota.of("calls", Long.MAX_VALUE, CalendarWindow.yearly()));
        wrong = 0;
        for (String name : names) {
            check(limiter.tryAcquire(name, 1_000_000_000L), "a new key was refused");
            // The store must find equal keys, as those of requests are, and not the very same.
            check(quotas.consume(String.valueOf(name.toCharArray())).allowed(), "a new key was refused");
        }
    }

    /**
     * The floor: a decision of a limiter, as in {@link ManyKeysBenchmark}.
     *
     * @return whether it allowed: always
     */
    @Benchmark
    public boolean decide() {
        return noted(limiter.tryAcquire(next()));
    }

    /**
     * One amount counted.
     *
     * @return whether it was: always
     */
    @Benchmark
    public boolean consume() {
        return noted(quotas.consume(next()).allowed());
    }

    private boolean noted(boolean allowed) {
        if (!allowed) {
            wrong++;
        }
        return allowed;
    }

    /** Fails if a call was refused. */
    @TearDown
    public void checkDecisions() {
        check(wrong == 0, wrong + " calls had the other outcome");
    }

    private String next() {
        return names[sequence[cursor++ & (DRAWS - 1)]];
    }
}
