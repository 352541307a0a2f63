package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Take;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Nodes take blocks of permits, use each permit within a time H, and give back the rest. However they do it, the used
 * permits of no interval are more than C + R × t. Each rule of this is necessary: a variant without it is caught.
 */
class GiveBackPropertyTest {

    private static final long CAPACITY = 1000;
    private static final long HOLD_MICROS = 10_000;

    /** Ten permits a millisecond, so R × H is 100. */
    private static final StoredRate RATE = new StoredRate(100, 1, CAPACITY);

    /** What a variant does differently. */
    private enum Variant {
        RIGHT,
        CAPACITY_NOT_CUT,
        EACH_REFUND_GRANTED,
        GENERATIONS_FORGOTTEN
    }

    private record Block(long permits, long taken, long generation) {}

    @Property(tries = 2000)
    void neverMoreThanTheRate(@ForAll long seed) {
        assertThat(run(Variant.RIGHT, seed)).isLessThanOrEqualTo(0);
    }

    @Test
    void withoutTheCutMoreIsUsed() {
        assertThat(worstOf(Variant.CAPACITY_NOT_CUT)).isPositive();
    }

    @Test
    void withEachRefundMoreIsUsed() {
        assertThat(worstOf(Variant.EACH_REFUND_GRANTED)).isPositive();
    }

    @Test
    void withOnlyThePresentGenerationMoreIsUsed() {
        assertThat(worstOf(Variant.GENERATIONS_FORGOTTEN)).isPositive();
    }

    private static long worstOf(Variant variant) {
        long worst = Long.MIN_VALUE;
        for (long seed = 0; seed < 3000; seed++) {
            worst = Math.max(worst, run(variant, seed));
        }
        return worst;
    }

    /**
     * Runs a history in which blocks are kept as long as may be, and used together; returns the most units by which the
     * used permits exceeded C + R × t in any interval.
     */
    private static long run(Variant variant, long seed) {
        Random random = new Random(seed);
        long cut = variant == Variant.CAPACITY_NOT_CUT ? CAPACITY : CAPACITY - HOLD_MICROS / RATE.unitsPerPermit();
        BudgetTerms terms = new BudgetTerms(List.of(RATE.withCapacity(cut)), 0, HOLD_MICROS);
        BudgetState state = BudgetState.FULL;
        List<Block> blocks = new ArrayList<>();
        long now = 1_000_000;
        long level = 0;
        long worst = Long.MIN_VALUE;
        for (int step = 0; step < 100; step++) {
            int action = random.nextInt(20);
            if (action < 7) {
                long want = random.nextBoolean() ? CAPACITY : 1 + random.nextInt(300);
                Step taken = state.apply(new Take("b", terms, want, 1, 0, false), now);
                state = taken.state();
                long permits = taken.outcome().permits();
                if (permits > 0) {
                    blocks.add(new Block(permits, now, taken.outcome().generation()));
                }
            } else if (action < 11 && !blocks.isEmpty()) {
                Block block = blocks.remove(random.nextInt(blocks.size()));
                state = state.apply(giveBack(variant, terms, block, state), now).state();
            } else if (action < 14) {
                for (Block block : blocks) {
                    level += block.permits * RATE.unitsPerPermit();
                }
                blocks.clear();
                worst = Math.max(worst, level - RATE.capacityUnits());
            } else {
                long longest = blocks.isEmpty() ? 150_000 : blocks.get(0).taken + HOLD_MICROS - now;
                long pause = random.nextBoolean() ? longest : random.nextLong(longest + 1);
                now += pause;
                level = Math.max(0, level - pause * RATE.unitsPerMicro());
            }
        }
        return worst;
    }

    private static RateOperation giveBack(Variant variant, BudgetTerms terms, Block block, BudgetState state) {
        return switch (variant) {
            case EACH_REFUND_GRANTED -> new Refund("b", terms, block.permits);
            case GENERATIONS_FORGOTTEN -> new GiveBack("b", terms, block.permits, presentGeneration(state));
            default -> new GiveBack("b", terms, block.permits, block.generation);
        };
    }

    /** What a store would do that knew only the takes of the present generation. */
    private static long presentGeneration(BudgetState state) {
        return Long.parseLong(state.toText().split(" ", -1)[1]);
    }
}
