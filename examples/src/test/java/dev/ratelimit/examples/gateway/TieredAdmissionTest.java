package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client's own limit is asked first; what the node refuses costs the client nothing. */
class TieredAdmissionTest {

    private static final Client GOLD = new Client(Tier.GOLD, "g");
    private static final Client OTHER = new Client(Tier.OTHERS, "o");

    private final ManualTime time = new ManualTime();

    @Test
    void refusalOfTheNodeGivesBackWhatTheTierGave() {
        TieredAdmission admission = new TieredAdmission(Rate.perSecond(1), time);
        assertThat(admission.admit(GOLD)).isInstanceOf(Verdict.Admitted.class);
        long left = admission.remaining(GOLD);
        for (int i = 0; i < 1000; i++) {
            assertThat(refusedBy(admission, GOLD)).isEqualTo(Verdict.Limit.NODE);
        }
        assertThat(admission.remaining(GOLD)).isEqualTo(left);
    }

    @Test
    void clientOverItsOwnLimitTakesNothingFromTheNode() {
        TieredAdmission admission = new TieredAdmission(Rate.perSecond(12), time);
        for (int i = 0; i < 10; i++) {
            assertThat(admission.admit(OTHER)).isInstanceOf(Verdict.Admitted.class);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(refusedBy(admission, OTHER)).isEqualTo(Verdict.Limit.TIER);
        }
        assertThat(admission.admit(GOLD)).isInstanceOf(Verdict.Admitted.class);
        assertThat(admission.admit(GOLD)).isInstanceOf(Verdict.Admitted.class);
        assertThat(refusedBy(admission, GOLD)).isEqualTo(Verdict.Limit.NODE);
    }

    @Test
    void budgetsComeBackAtTheTiersRate() {
        TieredAdmission admission = new TieredAdmission(Rate.perSecond(1_000_000), time);
        while (admission.admit(OTHER) instanceof Verdict.Admitted) {
            // Empties the budget.
        }
        time.advance(Duration.ofMillis(10).minusNanos(1));
        assertThat(refusedBy(admission, OTHER)).isEqualTo(Verdict.Limit.TIER);
        time.advanceNanos(1);
        assertThat(admission.admit(OTHER)).isInstanceOf(Verdict.Admitted.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "999999999, 1",
        "1000000000, 1",
        "1000000001, 2",
        "59000000001, 60",
        "9223372036854775807, 9223372037"
    })
    void retryAfterIsRoundedUpToWholeSeconds(long nanos, long seconds) {
        Decision refused = Decision.refused(Decision.Reason.OVER_LIMIT, Rate.perSecond(1), 0, nanos, nanos);
        assertThat(Refusal.retryAfterSeconds(refused)).isEqualTo(seconds);
    }

    private static Verdict.Limit refusedBy(TieredAdmission admission, Client client) {
        return ((Verdict.Refused) admission.admit(client)).by();
    }
}
