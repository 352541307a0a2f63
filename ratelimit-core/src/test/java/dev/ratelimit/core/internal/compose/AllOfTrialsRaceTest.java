package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Threads that switch a trial while a composition asks it. */
class AllOfTrialsRaceTest {

    private final ManualTime time = new ManualTime();

    /** All requests are refused by the node, so none may move the user's limit, whichever way its trial is switched. */
    @Test
    void aTrialThatIsSwitchedMeanwhileIsGivenBackOnlyWhatItTook() throws Exception {
        assertThat(leftOnTrial(Fault.NONE, 20_000)).isEqualTo(5);
    }

    @Test
    void aTwinThatGivesBackWhatATrialLetPassIsCaught() throws Exception {
        long left = 5;
        // It keeps what was taken before the trial went off, too, and may come out even.
        for (int attempt = 0; attempt < 50 && left == 5; attempt++) {
            left = leftOnTrial(Fault.TRUSTS, 1_000);
        }
        assertThat(left).isNotEqualTo(5);
    }

    /** What is left of five of ten permits of a user whose requests are all refused by the node. */
    private long leftOnTrial(Fault fault, int requests) throws Exception {
        SingleLimiter node = Limiters.single(Rate.perSecond(1), time);
        Limiter<String> perUser =
                Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
        ShadowLimit<String> trial = Limiters.shadow(Limiters.all(Limiters.shadow(perUser)));
        List<Limit<String>> limits = List.of(trial, node.forAll());
        Limit<String> all = fault == Fault.NONE ? AllOf.of(List.copyOf(limits)) : new BrokenAll<>(limits, fault);
        assertThat(node.tryAcquire()).isTrue();
        assertThat(perUser.tryAcquire("amok", 5)).isTrue();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            tasks.add(() -> {
                long allowed = 0;
                for (int i = 0; i < requests; i++) {
                    if (i % 3 == 0) {
                        trial.off();
                    } else {
                        trial.enforce(i % 3 == 1 ? 0 : 100);
                    }
                    allowed += all.tryAcquire("amok", 2) ? 1 : 0;
                }
                return allowed;
            });
        }
        assertThat(AllOfRaceTest.sum(tasks)).isZero();
        return perUser.peek("amok").remaining();
    }
}
