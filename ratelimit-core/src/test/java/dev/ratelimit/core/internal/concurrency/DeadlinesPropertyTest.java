package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The heap of deadlines against a list: the first is the earliest, also where the clock wraps. */
class DeadlinesPropertyTest {

    private static final Stripe STRIPE =
            new Stripe(() -> 0, (instant, task) -> () -> {}, (key, held) -> {}, AllocationProbe.PLENTY);

    @Property(tries = 500)
    void theFirstDeadlineIsTheEarliest(@ForAll long start, @ForAll List<@LongRange(min = 0, max = 50) Long> steps) {
        Deadlines deadlines = new Deadlines(AllocationProbe.PLENTY);
        List<Slot> model = new ArrayList<>();
        for (long step : steps) {
            if (step % 2 == 0 && !model.isEmpty()) {
                Slot removed = model.remove((int) step % model.size());
                deadlines.remove(removed);
                deadlines.remove(removed);
            } else {
                Slot slot = new Slot(STRIPE, new Occupancy(0, 1), 1);
                slot.deadline = start + step;
                model.add(slot);
                deadlines.reserve();
                deadlines.add(slot);
            }
            long earliest = model.stream()
                    .mapToLong(slot -> slot.deadline - start)
                    .min()
                    .orElse(-1);
            Slot first = deadlines.first();
            assertThat(first == null ? -1 : first.deadline - start).isEqualTo(earliest);
            assertThat(deadlines.size()).isEqualTo(model.size());
        }
    }
}
