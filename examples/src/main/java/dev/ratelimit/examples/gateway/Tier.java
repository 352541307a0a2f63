package dev.ratelimit.examples.gateway;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A tier is a class of clients that are promised the same policy, each for itself.
 *
 * <p>A client over its limit is refused (platinum, bronze, others), waits for its turn (silver), or is blocked for
 * a time (gold). Gold's blackout is for programs, whose keys are known: one that runs amok is cut down to a burst a
 * second, and finds that out at once instead of living on what its retries happen to get. Others have none: behind
 * one address there may be many people, and one of them must not shut out the rest.
 *
 * <p>Bronze is sold by the call: beside its limit, each client has quotas, which are counted in a file. To count
 * there takes milliseconds, so that such a client is to be a slow one.
 */
public enum Tier {
    PLATINUM(1000),
    GOLD(500) {
        @Override
        Policy over(Policy policy) {
            return policy.blackout(BLACKOUT);
        }
    },
    SILVER(200) {
        @Override
        Policy over(Policy policy) {
            return policy.shape(MAX_DELAY);
        }
    },
    BRONZE(50) {
        @Override
        public List<Quota> quotas(Scale scale) {
            return List.of(
                    Quota.of("calls-a-minute", scale.of(100), CalendarWindow.everyMinute()),
                    Quota.of("calls-a-month", scale.of(20_000), CalendarWindow.monthly()));
        }
    },
    OTHERS(100);

    /** Room for the unevenness of honest traffic, and no more: a full second's worth would hide the limit in a plot. */
    public static final Duration BURST_WINDOW = Duration.ofMillis(100);

    /** Few arrivals are uneven, too. */
    private static final long SMALLEST_BURST = 3;

    /** How long a client of gold is shut out after an excess. */
    public static final Duration BLACKOUT = Duration.ofSeconds(1);

    /** How long a request of silver may wait. */
    public static final Duration MAX_DELAY = Duration.ofMillis(300);

    private final long perSecond;

    Tier(long perSecond) {
        this.perSecond = perSecond;
    }

    /** Returns the tier of a policy. */
    public static Tier of(Policy policy) {
        return named(policy.name());
    }

    /** Returns the tier that has a name, as {@link #label()} writes it. */
    public static Tier named(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** Returns the requests a second that each client of this tier is promised, at a scale. */
    public long perSecond(Scale scale) {
        return scale.of(perSecond);
    }

    /** Returns the rate of each client of this tier. */
    public Rate rate() {
        return rate(Scale.FULL);
    }

    private Rate rate(Scale scale) {
        Rate rate = Rate.perSecond(perSecond(scale)).burstWindow(BURST_WINDOW);
        return rate.burst(Math.max(SMALLEST_BURST, rate.capacity()));
    }

    /** Returns the policy of each client of this tier. */
    public Policy policy() {
        return policy(Scale.FULL);
    }

    /** Returns the policy of each client of this tier, at a scale. */
    public Policy policy(Scale scale) {
        return over(Policy.of(label(), rate(scale)));
    }

    /** Adds to a policy what becomes of who is over the limit; as it is, it refuses. */
    Policy over(Policy policy) {
        return policy;
    }

    /** Returns the quotas of each client of this tier, at a scale; as it is, there are none. */
    public List<Quota> quotas(Scale scale) {
        return List.of();
    }

    /** Returns the quotas of each client of this tier. */
    public List<Quota> quotas() {
        return quotas(Scale.FULL);
    }

    /** Returns the tier's name as it is printed. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
