package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final Rate RATE = Rate.perSecond(5);
    private static final Decision YES = Decision.allowed(RATE, 3, 400);
    private static final Decision NO = Decision.refused(Decision.Reason.OVER_LIMIT, RATE, 0, 1, 2);

    private final AtomicInteger givenBack = new AtomicInteger();

    @Test
    void givesItsPlaceBackWhenTheBlockEnds() {
        try (Lease lease = Lease.allowed(YES, givenBack::incrementAndGet)) {
            assertThat(lease.allowed()).isTrue();
            assertThat(lease.decision()).isSameAs(YES);
            assertThat(givenBack).hasValue(0);
        }
        assertThat(givenBack).hasValue(1);
    }

    @Test
    void closingAgainDoesNothing() {
        Lease lease = Lease.allowed(YES, givenBack::incrementAndGet);
        lease.close();
        lease.close();
        assertThat(givenBack).hasValue(1);
        assertThat(lease.allowed()).as("what was granted stays so").isTrue();
    }

    @Test
    void closingFromWithinTheGivingBackDoesNothing() {
        Lease[] lease = new Lease[1];
        lease[0] = Lease.allowed(YES, () -> {
            givenBack.incrementAndGet();
            lease[0].close();
        });
        lease[0].close();
        assertThat(givenBack).hasValue(1);
    }

    @Test
    void aRefusedOneSaysWhyAndHasNothingToGiveBack() {
        Lease lease = Lease.refused(NO);
        assertThat(lease.allowed()).isFalse();
        assertThat(lease.decision()).isSameAs(NO);
        assertThat(lease).hasToString("Lease[refused (over limit), 0 of 5 left, retry after PT0.000000001S]");
        lease.close();
    }

    @Test
    @SuppressWarnings("NullAway") // what the compiler would not let through
    void theDecisionAndTheLeaseAgree() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lease.allowed(NO, givenBack::incrementAndGet))
                .withMessageContaining("refused (over limit)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lease.refused(YES))
                .withMessageContaining("allowed");
        assertThatNullPointerException().isThrownBy(() -> Lease.allowed(YES, null));
        assertThat(givenBack).hasValue(0);
    }
}
