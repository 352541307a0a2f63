package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The table of the keys of a stripe against a map: it holds the same keys, and shrinks with them. */
class OccupanciesPropertyTest {

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
