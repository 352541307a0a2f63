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
 * <p>Whoever is over the limit is refused (platinum, bronze, others), or waits its turn (silver), or is shut out for a time
 * (gold). Gold's blackout is for programs, whose keys are known: one that runs amok is cut down to a burst a second, and
 * finds that out at once instead of living on what its retries happen to get. Others have none: behind one address there
 * may be many people, and one of them must not shut out the rest.
 *
 * <p>Bronze is sold by the call: beside its limit, each client has quotas, which are counted in a file. To count there takes
 * milliseconds, so that such a client is to be a slow one.
 */
enum Tier {
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
        List<Quota> quotas() {
            return List.of(
                    Quota.of("calls-a-minute", 100, CalendarWindow.everyMinute()),
                    Quota.of("calls-a-month", 20_000, CalendarWindow.monthly()));
        }
    },
    OTHERS(100);

    /** Room for the unevenness of honest traffic, and no more: a full second's worth would hide the limit in a plot. */
    static final Duration BURST_WINDOW = Duration.ofMillis(100);

    /** How long a client of gold is shut out after an excess. */
    static final Duration BLACKOUT = Duration.ofSeconds(1);

    /** How long a request of silver may wait. */
    static final Duration MAX_DELAY = Duration.ofMillis(300);

    private final long perSecond;

    Tier(long perSecond) {
        this.perSecond = perSecond;
    }

    /** Returns the tier of a policy. */
    static Tier of(Policy policy) {
        return named(policy.name());
    }

    /** Returns the tier that has a name, as {@link #label()} writes it. */
    static Tier named(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    long perSecond() {
        return perSecond;
    }

    /** Returns the rate of each client of this tier. */
    Rate rate() {
        return Rate.perSecond(perSecond).burstWindow(BURST_WINDOW);
    }

    /** Returns the policy of each client of this tier. */
    Policy policy() {
        return over(Policy.of(label(), rate()));
    }

    /** Adds to a policy what becomes of who is over the limit; as it is, it refuses. */
    Policy over(Policy policy) {
        return policy;
    }

    /** Returns the quotas of each client of this tier; as it is, there are none. */
    List<Quota> quotas() {
        return List.of();
    }

    /** Returns the tier's name as it is printed. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
