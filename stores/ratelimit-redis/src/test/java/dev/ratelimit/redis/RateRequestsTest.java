package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations of rates as calls of their script, and answers as outcomes. */
class RateRequestsTest {

    private static final Keys KEYS = new Keys("shop");
    private static final BudgetTerms TERMS =
            new BudgetTerms(List.of(new StoredRate(20, 3, 5), new StoredRate(7, 1, 9)), 11, 13);

    @Test
    void a_call_has_its_kind_its_terms_and_what_its_operation_has() {
        Request<RateOutcome> take = RateRequests.of(new Take("alice", TERMS, 4, 2, 6, true), KEYS);
        assertThat(take.keys()).containsExactly("{shop:alice}");
        assertThat(take.values())
                .containsExactly("take", "11", "13", "2", "20", "3", "5", "7", "1", "9", "4", "2", "6", "1");
        assertThat(RateRequests.of(new GiveBack("alice", TERMS, 4, Long.MIN_VALUE), KEYS)
                        .values())
                .startsWith("give_back")
                .endsWith("4", "-9223372036854775808");
        assertThat(RateRequests.of(new Blackout("alice", new BudgetTerms(List.of()), 8), KEYS)
                        .values())
                .containsExactly("blackout", "0", "0", "0", "8");
    }

    @Test
    void answers_are_outcomes() {
        Request<RateOutcome> read = RateRequests.of(new Read("alice", TERMS), KEYS);
        assertThat(read.answers().outcome(List.of("4", "12", "99", "1", "2")))
                .isEqualTo(new Applied(4, List.of(1L, 2L), 12, 99));
        assertThatIllegalStateException().isThrownBy(() -> read.answers().outcome(List.of("PONG")));
    }
}
