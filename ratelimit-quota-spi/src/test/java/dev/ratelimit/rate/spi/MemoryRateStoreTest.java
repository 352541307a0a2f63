package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.store.Deadline;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryRateStoreTest {

    private static final BudgetTerms TERMS = new BudgetTerms(List.of(new StoredRate(1_000, 1, 10)));

    private Instant now = Instant.parse("2030-06-01T12:00:00Z");
    private final MemoryRateStore store = new MemoryRateStore(() -> now, 50);

    private RateOutcome take(String name) {
        return store.apply(List.of(Take.allOrNothing(name, TERMS, 1)), Deadline.never())
                .get(0);
    }

    @Test
    void forgetsFullBudgets() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(take("b" + i)).isInstanceOf(Applied.class);
            now = now.plusNanos(100_000);
        }
        assertThat(store.size()).isLessThan(50);
    }

    @Test
    void aFullStoreFails() {
        for (int i = 0; i < 50; i++) {
            take("b" + i);
        }
        assertThat(take("another")).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(failed.cause()).hasMessageContaining("50 budgets");
        });
        assertThat(take("b7")).isInstanceOf(Applied.class);
        now = now.plusSeconds(1);
        for (int i = 0; i < 30; i++) {
            take("b7");
        }
        assertThat(take("another")).isInstanceOf(Applied.class);
    }
}
