package dev.ratelimit.examples;

import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.util.function.Function;

/** A new limit that is first watched, then enforced for a few keys, and off at once if it was a mistake. */
final class Rollout {

    private final ShadowLimit<String> trial;
    private final Limit<String> limit;

    Rollout(String secret, TimeSource time) {
        Limiter<String> perUser =
                Limiters.builder(Rate.perSecond(10)).timeSource(time).build();

        trial = Limiters.shadow(perUser, Function.identity(), secret);
        limit = Limiters.all(trial, Limiters.single(Rate.perSecond(1000), time).forAll("node"));
    }

    boolean allows(String user) {
        return limit.tryAcquire(user);
    }

    String report() {
        ShadowLimit.Counts counts = trial.counts();
        return counts.allowed() + " within, " + counts.wouldHaveRefused() + " over, " + counts.refused() + " refused";
    }

    void configure(String setting) {
        if (setting.equals("off")) {
            trial.off();
        } else {
            trial.enforce(Double.parseDouble(setting));
        }
    }
}
