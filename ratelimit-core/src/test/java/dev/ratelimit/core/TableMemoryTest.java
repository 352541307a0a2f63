package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A table for which the heap has no room is one clear error, and small tables are small. */
class TableMemoryTest {

    private static final long GB = 1_000_000_000;

    @Test
    void whatCanNeverFitIsNotTriedAndTheErrorSaysWhatWorks() {
        assertThatThrownBy(() -> new TableMemory(500_000_000, 1, 2 * GB, GB / 2).allocate(() -> {
                    throw new AssertionError("tried");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "maxKeys 500000000 needs a table of 12000 MB in one piece (24 bytes for each key), but of the"
                                + " heap of 2000 MB only 1500 MB are free: choose at most 37000000 keys, or a larger heap"
                                + " (-Xmx)");
    }

    @Test
    void whatDoesNotFitNowIsTheSameError() {
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        assertThatThrownBy(() -> new TableMemory(10_000_000, 3, GB, 4 * GB / 5).allocate(() -> {
                    throw full;
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxKeys 10000000 needs a table of 720 MB in one piece (72 bytes for each key), but of the"
                        + " heap of 1000 MB only 200 MB are free: choose at most 1600000 keys, or a larger heap"
                        + " (-Xmx)")
                .hasCause(full);
    }

    @Test
    void whatWorksIsFewerThanWhatDidNotAndAtLeastOne() {
        assertThat(advice(new TableMemory(1000, 1, GB, 0))).isEqualTo(990);
        assertThat(advice(new TableMemory(1000, 1, GB, GB))).isEqualTo(1);
    }

    private static long advice(TableMemory memory) {
        try {
            memory.allocate(() -> {
                throw new OutOfMemoryError();
            });
        } catch (IllegalArgumentException e) {
            return adviceOf(e);
        }
        throw new AssertionError("no error");
    }

    private static long adviceOf(IllegalArgumentException error) {
        Matcher matcher = Pattern.compile("choose at most ([0-9]+) keys").matcher("" + error.getMessage());
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void aBuilderSaysSo() {
        assumeThat(Runtime.getRuntime().maxMemory()).isLessThan(12 * GB);
        LimiterBuilder<Object> builder = Limiters.builder(Rate.perSecond(1)).maxKeys(LimiterBuilder.MAX_KEYS);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxKeys 500000000 needs a table of 12000 MB");
        assertThat(builder.maxKeys(10).<String>build().tryAcquire("key")).isTrue();
        Policy three = Policy.of("three", Rate.perSecond(1), Rate.perHour(10)).blackout(Duration.ofSeconds(1));
        assertThatThrownBy(() -> Limiters.builder(three).maxKeys(166_000_000).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(72 bytes for each key)");
    }

    /**
     * As the guide says: 32 kB for a hundred keys. Of many limiters, so that what else is in the heap hardly counts.
     */
    @Test
    void aSmallTableIsSmall() {
        List<Limiter<String>> limiters = new ArrayList<>(500);
        Limiters.<String>perKey(Rate.perSecond(1)).tryAcquire("key");
        long before = UsedHeap.bytes();
        for (int i = 0; i < 500; i++) {
            Limiter<String> limiter =
                    Limiters.builder(Rate.perSecond(1)).maxKeys(100).build();
            assertThat(limiter.tryAcquire("key")).isTrue();
            limiters.add(limiter);
        }
        long each = (UsedHeap.bytes() - before) / limiters.size();
        assertThat(each).isLessThan(60_000);
    }
}
