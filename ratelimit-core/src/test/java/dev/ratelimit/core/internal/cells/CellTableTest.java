package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CellTableTest {

    private static final int ONE_SET = 5;

    private final ManualTime time = new ManualTime(42);
    private final Rate rate = Rate.perSecond(10);

    private Budgets table(int maxKeys, WhenSaturated whenSaturated) {
        return new CellTable(maxKeys, whenSaturated, time).budgets(rate, Duration.ZERO);
    }

    @ParameterizedTest
    @EnumSource(WhenSaturated.class)
    void keysDoNotShareBudgets(WhenSaturated whenSaturated) {
        Budgets table = table(ONE_SET, whenSaturated);
        for (long key = 1; key <= 8; key++) {
            assertThat(table.decide(key, key).remaining()).isEqualTo(10 - key);
        }
        for (long key = 1; key <= 8; key++) {
            assertThat(table.peek(key, 1).remaining()).isEqualTo(10 - key);
        }
        assertThat(table.evictedInDebt()).isZero();
    }

    @Test
    void theLeastIndebtedIsForgottenAndCounted() {
        Budgets table = table(ONE_SET, WhenSaturated.EVICT);
        for (long key = 1; key <= 8; key++) {
            table.take(key, key == 5 ? 2 : 3);
        }
        assertThat(Outcome.isAllowed(table.take(9, 4))).isTrue();
        assertThat(table.evictedInDebt()).isEqualTo(1);
        assertThat(table.peek(5, 1).remaining()).isEqualTo(10);
        assertThat(table.peek(9, 1).remaining()).isEqualTo(6);
        for (long key = 1; key <= 8; key++) {
            assertThat(table.peek(key, 1).remaining()).isEqualTo(key == 5 ? 10 : 7);
        }
    }

    @Test
    void aKeyOutOfDebtGoesBeforeOneInDebt() {
        Budgets table = table(ONE_SET, WhenSaturated.EVICT);
        for (long key = 1; key <= 8; key++) {
            table.take(key, key);
        }
        time.advance(Duration.ofMillis(300));
        for (long key = 11; key <= 13; key++) {
            table.take(key, 1);
        }
        assertThat(table.evictedInDebt()).isZero();
        assertThat(table.peek(4, 1).remaining()).isEqualTo(9);
    }

    @Test
    void whenSaturatedANewKeyIsRefusedAndToldWhenToComeBack() {
        Budgets table = table(ONE_SET, WhenSaturated.DENY);
        for (long key = 1; key <= 8; key++) {
            table.take(key, key + 1);
        }
        Decision refused = table.decide(9, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(200));
        assertThat(table.peek(9, 1).reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(table.peek(9, 11).reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(table.take(9, 1)).isEqualTo(Outcome.SATURATED);
        assertThat(Outcome.isAllowed(table.take(1, 1))).as("known keys go on").isTrue();
        time.advance(Duration.ofMillis(299));
        assertThat(table.decide(9, 1).allowed()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(table.decide(9, 1).allowed()).isTrue();
        assertThat(table.evictedInDebt()).isZero();
    }

    /** The number that the builder's documentation rests on. */
    @Test
    void asManyKeysAsItIsSizedForCanBeInDebtAtOnce() {
        int keys = 100_000;
        Budgets table = table(keys, WhenSaturated.DENY);
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < keys; i++) {
            refused += Outcome.isAllowed(table.take(Places.fingerprint(random.nextLong()), 1)) ? 0 : 1;
        }
        assertThat(refused).isLessThanOrEqualTo(keys / 1000 * 5);
        System.out.printf("%d keys in debt in a table for as many: %d found no place%n", keys, refused);
    }

    @Test
    void refundAndResetOfAKeyThatIsNotThereDoNothing() {
        Budgets table = table(ONE_SET, WhenSaturated.EVICT);
        table.refund(1, 10);
        table.reset(1);
        assertThat(table.peek(1, 1).remaining()).isEqualTo(10);
        table.take(1, 4);
        table.refund(1, 3);
        assertThat(table.peek(1, 1).remaining()).isEqualTo(9);
        table.refund(1, 10);
        assertThat(table.peek(1, 1).remaining()).isEqualTo(10);
        table.take(1, 4);
        table.reset(1);
        assertThat(table.peek(1, 1).remaining()).isEqualTo(10);
    }

    @Test
    void theOddFingerprintOfAnUnusedPlaceIsReplaced() {
        assertThat(Places.fingerprint(0)).isNotZero();
        Budgets table = table(ONE_SET, WhenSaturated.EVICT);
        table.take(Places.fingerprint(0), 3);
        assertThat(table.peek(Places.fingerprint(0), 1).remaining()).isEqualTo(7);
    }
}
