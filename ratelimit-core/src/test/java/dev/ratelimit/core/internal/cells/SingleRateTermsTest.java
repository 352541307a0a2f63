package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The few numbers of the fast path are those of the arithmetic of the rate. */
class SingleRateTermsTest {

    private final CellTable table = new CellTable(9, WhenSaturated.DENY, () -> 0);
    private final Gcra gcra =
            table.budgets(Rate.perSecond(30).burst(70), Duration.ZERO).gcra();
    private final SingleRateTerms terms = SingleRateTerms.of(gcra, table.charges(), "policy");

    @Test
    void theTermsAreThoseOfTheRate() {
        assertThat(terms.gcra).isSameAs(gcra);
        assertThat(terms.number).isEqualTo(gcra.number());
        assertThat(terms.emission * 12_345).isEqualTo(gcra.reading(12_345));
        assertThat(terms.permit * 70).isEqualTo(gcra.cost(70)).isEqualTo(terms.full);
        assertThat(terms.capacity).isEqualTo(70);
        assertThat(terms.policy).isEqualTo("policy");
    }

    @Test
    void theTermsHoldWithinTheHorizonOfTheTable() {
        long anchor = table.charges().anchor();
        long interval = gcra.units().sweepNanos();
        assertThat(Horizon.covers(anchor, anchor, terms.beyond)).isTrue();
        assertThat(Horizon.covers(anchor, anchor + interval - 1, terms.beyond)).isTrue();
        assertThat(Horizon.covers(anchor, anchor + interval, terms.beyond)).isFalse();
        assertThat(Horizon.covers(anchor, anchor - 1, terms.beyond)).isFalse();
    }

    @Test
    void noCellIsInTheUnitsOfNoTerms() {
        for (long number = 0; number <= Cell.HAND_OVER; number++) {
            assertThat(Cell.number(Cell.POSITION | number)).isNotEqualTo(SingleRateTerms.NONE.number);
        }
    }
}
