package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Numbers are free again as soon as nobody has a claim and no cell owes: by what is called, not by when. */
class RateNumbersTest {

    private static final int MAX = 60;

    private final ManualTime time = new ManualTime(5);
    private final CellTable table = new CellTable(1_000, WhenSaturated.EVICT, time);

    /** One in an hour and some minutes: none has the units of another. */
    private static Rate rate(int number) {
        return Rate.of(1, Duration.ofMinutes(60L + number)).burst(100);
    }

    private static long key(int number) {
        return (number + 1) * 0x9E37_79B9_7F4A_7C15L;
    }

    private Budgets budgets(int number) {
        return table.budgets(rate(number), Duration.ZERO);
    }

    private List<Budgets> full() {
        return IntStream.range(0, MAX).mapToObj(this::budgets).toList();
    }

    @Test
    void sixtyCanBeInForceAndOneMoreSaysSo() {
        List<Budgets> all = full();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> budgets(MAX))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("more than 60 different rates")
                    .hasMessageContaining("let policies share rates")
                    .hasMessageContaining("use several limiters");
        }
        assertThat(table.budgets(rate(7).burst(3), Duration.ZERO).gcra().number())
                .as("of equal units")
                .isEqualTo(all.get(7).gcra().number());
        table.release(List.of(all.get(3)));
        assertThat(budgets(MAX).rate()).isEqualTo(rate(MAX));
    }

    @Test
    void whatIsNotPutInForceAsAWholeHasNoClaim() {
        for (int i = 0; i < 200; i++) {
            List<Rate> third =
                    List.of(rate(2 * i), rate(2 * i + 1), Rate.perDay(1).burst(1_000));
            assertThatThrownBy(() -> table.budgets(third, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(full()).hasSize(MAX);
    }

    @Test
    void theNumberThatWasGivenUpFirstIsGivenFirst() {
        Budgets current = budgets(0);
        List<Integer> given = new ArrayList<>();
        for (int change = 1; change <= 200; change++) {
            Budgets next = budgets(change);
            table.replace(List.of(current), null, List.of(next), null);
            given.add(next.gcra().number());
            current = next;
        }
        for (int i = 0; i + 61 < given.size(); i++) {
            assertThat(given.subList(i, i + 61)).doesNotHaveDuplicates();
            assertThat(given.get(i + 61)).isEqualTo(given.get(i));
        }
    }

    @Test
    void whatIsOwedAtARateThatIsGoneIsOwedWhenItIsBack() {
        for (int number = 0; number < 30; number++) {
            Budgets once = budgets(number);
            once.take(key(number), 10 + number);
            table.release(List.of(once));
        }
        time.advance(Duration.ofMinutes(60));
        for (int number = 0; number < 30; number++) {
            assertThat(budgets(number).peek(key(number), 1).remaining())
                    .isEqualTo(100 - 10 - number + (number == 0 ? 1 : 0));
        }
    }

    @Test
    void roomIsMadeAlsoWhereAllNumbersAreOwedAt() {
        int rates = 300;
        for (int number = 0; number < rates; number++) {
            Budgets once = budgets(number);
            once.take(key(number), 50);
            table.release(List.of(once));
        }
        time.advance(Duration.ofHours(10));
        for (int number = 0; number < rates; number++) {
            Budgets back = budgets(number);
            long exact = 50 + Duration.ofHours(10).toMinutes() / (60 + number);
            assertThat(back.peek(key(number), 1).remaining())
                    .as("never more than at its own rate, nor less than at the slowest: %s", number)
                    .isBetween(50 + Duration.ofHours(10).toMinutes() / (60 + rates), exact);
            table.release(List.of(back));
        }
    }

    @Test
    void numbersWithoutDebtsGoFirst() {
        for (int number = 0; number < 61; number++) {
            Budgets once = budgets(number);
            once.take(key(number), number == 40 ? 1 : 90);
            table.release(List.of(once));
        }
        time.advance(rate(40).period());
        budgets(100);
        for (int number = 0; number < 61; number++) {
            Budgets back = budgets(number);
            long regained = rate(40).period().toMinutes() / (60 + number);
            assertThat(back.peek(key(number), 1).remaining()).isEqualTo(number == 40 ? 100 : 10 + regained);
            table.release(List.of(back));
        }
    }

    @Test
    void aCallThatWasUnderWayFindsANumberAlsoWhereAllOthersAreInForce() {
        Budgets before = budgets(1_000);
        before.take(1, 5);
        table.release(List.of(before));
        List<Budgets> all = full();
        for (int i = 0; i < 5; i++) {
            assertThat(Outcome.isAllowed(before.take(1, 3))).isTrue();
        }
        assertThat(before.peek(1, 1).remaining()).isEqualTo(80);
        before.refund(1, 10);
        assertThat(before.peek(1, 1).remaining()).isEqualTo(90);
        assertThat(all).hasSize(MAX);
    }
}
