package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The keys that the benchmarks ask with. */
class TrafficTest {

    @Test
    void drawsFollowZipfsLaw() {
        int keys = 1000;
        int draws = 1 << 20;
        long[] hits = new long[keys];
        Arrays.stream(Zipf.draws(keys, draws)).forEach(key -> hits[key]++);
        Arrays.sort(hits);
        double sum = 0;
        for (int rank = 1; rank <= keys; rank++) {
            sum += Math.pow(rank, -0.99);
        }
        assertThat(hits[keys - 1] / (double) draws).isCloseTo(1 / sum, within(0.005));
        assertThat(hits[keys - 10] / (double) draws).isCloseTo(Math.pow(10, -0.99) / sum, within(0.002));
        assertThat(hits[0]).isPositive();
    }

    @Test
    void theSequenceIsTheSameEachTime() {
        assertThat(Zipf.draws(100, 1000)).isEqualTo(Zipf.draws(100, 1000));
        assertThat(Zipf.draws(1, 1000)).containsOnly(0);
    }

    @Test
    void uuidKeysAreEqualButNotTheSame() {
        String[] some = new UuidKeys(5).nextHashed(100);
        String[] again = new UuidKeys(5).nextHashed(100);
        assertThat(again).isEqualTo(some).doesNotHaveDuplicates();
        assertThat(again[0]).hasSize(36).isNotSameAs(some[0]);
    }

    @Test
    void newKeysAreAllDifferent() {
        NewKeys one = new NewKeys();
        NewKeys other = new NewKeys();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String key = one.next();
            assertThat(key).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            assertThat(seen.add(key)).isTrue();
            assertThat(seen.add(other.next())).isTrue();
        }
    }
}
