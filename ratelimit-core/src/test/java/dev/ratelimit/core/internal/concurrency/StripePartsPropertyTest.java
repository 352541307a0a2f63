package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The two structures of a stripe against a list and a map. */
class StripePartsPropertyTest {

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

    @Property(tries = 500)
    void theTableHoldsWhatAMapHolds(@ForAll List<@LongRange(min = -100, max = 100) Long> fingerprints) {
        Occupancies table = new Occupancies(AllocationProbe.PLENTY);
        Map<Long, Occupancy> model = new HashMap<>();
        for (long fingerprint : fingerprints) {
            Occupancy removed = model.remove(fingerprint);
            if (removed == null) {
                Occupancy added = new Occupancy(fingerprint, 1);
                model.put(fingerprint, added);
                table.reserve();
                table.add(added);
            } else {
                table.remove(removed);
            }
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.capacity()).isBetween(model.size(), Math.max(8, 8 * model.size()));
        }
        for (long fingerprint = -101; fingerprint <= 101; fingerprint++) {
            assertThat(table.find(fingerprint)).isSameAs(model.get(fingerprint));
        }
    }
}
