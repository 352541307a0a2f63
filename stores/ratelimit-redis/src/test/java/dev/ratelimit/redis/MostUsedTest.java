package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.ListedCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is kept of all counters that a scan finds. */
class MostUsedTest {

    private static final Instant START = Instant.ofEpochSecond(1_000);

    @Test
    void those_that_show_most_are_kept_most_first() {
        MostUsed most = new MostUsed(2);
        List.of(listed("a", 1), listed("b", 5), listed("c", 3), listed("d", 2)).forEach(most::add);
        assertThat(most.list()).containsExactly(listed("b", 5), listed("c", 3));
    }

    @Test
    void a_counter_that_comes_again_is_there_once_with_the_greater_value() {
        MostUsed most = new MostUsed(2);
        List.of(listed("a", 4), listed("b", 2), listed("a", 4), listed("a", 3), listed("b", 7))
                .forEach(most::add);
        assertThat(most.list()).containsExactly(listed("b", 7), listed("a", 4));
    }

    @Test
    void one_that_was_dropped_may_come_back() {
        MostUsed most = new MostUsed(1);
        List.of(listed("a", 1), listed("b", 2), listed("a", 3)).forEach(most::add);
        assertThat(most.list()).containsExactly(listed("a", 3));
    }

    /** As much as there is, whatever the order and however often each comes. */
    @Test
    void it_is_what_sorting_all_of_them_gives() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int max = 1 + random.nextInt(10);
            Map<String, Long> greatest = new HashMap<>();
            MostUsed most = new MostUsed(max);
            for (int i = 0; i < 60; i++) {
                String key = "k" + random.nextInt(25);
                long used = 1L + random.nextInt(20);
                greatest.merge(key, used, Math::max);
                most.add(listed(key, used));
            }
            List<ListedCounter> all = new ArrayList<>();
            greatest.forEach((key, used) -> all.add(listed(key, used)));
            Collections.sort(
                    all,
                    Comparator.comparingLong(ListedCounter::used)
                            .reversed()
                            .thenComparing(each -> each.counter().name()));
            assertThat(most.list()).as("seed %d", seed).isEqualTo(all.subList(0, Math.min(max, all.size())));
        }
    }

    private static ListedCounter listed(String subject, long used) {
        return new ListedCounter(Counter.of("orders", subject, START, START.plusSeconds(60)), used);
    }
}
