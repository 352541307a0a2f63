package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.core.internal.keys.KeyHash;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * A shadow limit: a composition of one limit, whose decisions bind for a share of the keys.
 *
 * <p><b>Sides.</b> Each key has a place between 0 and 100, from a hash with a secret that no limiter's table uses. The
 * key is enforced if its place is below the percentage. So its side depends on nothing else, and a larger percentage
 * only adds keys. The place is computed for each request, also if all keys are on one side. So an invalid key is an
 * error from the first request on, and not only after the percentage is raised.
 *
 * <p>Thread-safe: each request reads the percentage once.
 *
 * @param <K> the type of the keys
 */
public final class Shadow<K> implements ShadowLimit<K>, Binding<K> {

    private static final double OFF = -1;

    /** One step of the 53 bits of a hash that fit into a double. */
    private static final double PERCENT_PER_STEP = 100 * 0x1p-53;

    private final AllOf<K> alone;
    private final Limit<K> limit;
    private final KeyHash places;
    private final Function<? super K, ?> keyOf;

    private final LongAdder allowed = new LongAdder();
    private final LongAdder wouldHaveRefused = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private volatile double percent;

    /**
     * Creates a shadow limit that observes all keys.
     *
     * @param limit the limit
     * @param places the hash that gives a key its place
     * @param keyOf maps a caller's key to a key of a supported type
     */
    public Shadow(Limit<K> limit, KeyHash places, Function<? super K, ?> keyOf) {
        this.limit = limit;
        this.places = places;
        this.keyOf = keyOf;
        this.alone = AllOf.only(limit, this);
    }

    @Override
    public void enforce(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent must be from 0 to 100, but was " + percent);
        }
        this.percent = percent;
    }

    @Override
    public void off() {
        percent = OFF;
    }

    @Override
    public OptionalDouble enforced() {
        double now = percent;
        return now == OFF ? OptionalDouble.empty() : OptionalDouble.of(now);
    }

    @Override
    public boolean enforces(K key) {
        return side(Objects.requireNonNull(key, "key")) == Side.ENFORCED;
    }

    @Override
    public Counts counts() {
        return new Counts(allowed.sum(), wouldHaveRefused.sum(), refused.sum());
    }

    @Override
    public Side side(K key) {
        double now = percent;
        if (now == OFF) {
            return Side.OFF;
        }
        Object reduced = Objects.requireNonNull(keyOf.apply(key), "the key function returned null");
        return place(KeyHash.scattered(places.of(reduced))) < now ? Side.ENFORCED : Side.OBSERVED;
    }

    /** Returns the place of a hash: from 0 to less than 100. */
    static double place(long hash) {
        return (double) (hash >>> 11) * PERCENT_PER_STEP;
    }

    @Override
    public void decided(Side side, boolean within) {
        LongAdder count = within ? allowed : side == Side.ENFORCED ? refused : wouldHaveRefused;
        count.increment();
    }

    @Override
    public <R> AllOf<R> by(Function<? super R, ? extends K> keyOf) {
        return alone.by(keyOf);
    }

    @Override
    public boolean tryAcquire(K key) {
        return alone.tryAcquire(key);
    }

    @Override
    public boolean tryAcquire(K key, long permits) {
        return alone.tryAcquire(key, permits);
    }

    @Override
    public Decision decide(K key) {
        return alone.decide(key);
    }

    @Override
    public Decision decide(K key, long permits) {
        return alone.decide(key, permits);
    }

    @Override
    public Decision peek(K key) {
        return alone.peek(key);
    }

    @Override
    public Decision peek(K key, long permits) {
        return alone.peek(key, permits);
    }

    @Override
    public void refund(K key, long permits) {
        alone.refund(key, permits);
    }

    @Override
    public long charge(K key, long permits) {
        return alone.charge(key, permits);
    }

    @Override
    public String toString() {
        double now = percent;
        return "ShadowLimit[" + limit + ", " + (now == OFF ? "off" : "enforced for " + now + " %") + "]";
    }
}
