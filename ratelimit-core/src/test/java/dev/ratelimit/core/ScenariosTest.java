package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What any correct token bucket answers, in tables: {@code milliseconds: permits -> answer}. */
class ScenariosTest {

    /** T: taken, F: refused for now, N: never; remaining permits may follow in parentheses. */
    @ParameterizedTest(name = "{0}/s, capacity {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            10 | 1 | 0: 1->T, 1->F, 1->F; 100: 1->T, 1->F, 1->F; 200: 2->N, 1->T, 1->F
            10 | 3 | 0: 2->T, 2->F, 1->T, 1->F; 100: 4->N(1), 1->T; 200: 1->T; 300: 1->T; 400: 1->T, 1->F; 900: 3->T
            2  | 2 | 0: 1->T; 1: 1->T; 2: 1->F; 1002: 1->T; 1003: 1->T; 1004: 1->F
            5  | 5 | 0: 15->N, 7->N, 6->N, 5->T
            4  | 4 | 0: 1->T(3), 1->T(2), 1->T(1), 1->T(0), 1->F(0); 120000: 1->T(3)
            3  | 3 | 0: 1->T, 1->T, 1->T, 1->F; 1000: 3->T(0)
            """)
    void tables(long permitsPerSecond, long capacity, String script) {
        ManualTime time = new ManualTime(987_654_321);
        SingleLimiter limiter = Limiters.single(Rate.perSecond(permitsPerSecond).burst(capacity), time);
        assertThat(answers(limiter, time, script)).isEqualTo(script);
    }

    private static String answers(SingleLimiter limiter, ManualTime time, String script) {
        long start = time.nanos();
        List<String> instants = new ArrayList<>();
        for (String instant : script.split("; ", -1)) {
            String[] parts = instant.split(": ", 2);
            time.set(start + Long.parseLong(parts[0]) * 1_000_000);
            List<String> answers = new ArrayList<>();
            for (String request : parts[1].split(", ", -1)) {
                String permits = request.substring(0, request.indexOf('-'));
                Decision decision = limiter.decide(Long.parseLong(permits));
                String left = request.endsWith(")") ? "(" + decision.remaining() + ")" : "";
                answers.add(permits + "->" + letter(decision) + left);
            }
            instants.add(parts[0] + ": " + String.join(", ", answers));
        }
        return String.join("; ", instants);
    }

    private static String letter(Decision decision) {
        return switch (decision.reason()) {
            case WITHIN_LIMIT -> "T";
            case EXCEEDS_CAPACITY, BLOCKED -> "N";
            default -> "F";
        };
    }

    @Test
    void aRequestAboveTheCapacityNamesIt() {
        Decision decision = Limiters.single(Rate.perSecond(5), new ManualTime()).decide(15);
        assertThat(decision.reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(decision.retryAfter()).isEqualTo(Decision.NEVER);
        assertThat(decision.capacity()).isEqualTo(5);
        assertThat(decision).hasToString("refused (more than the capacity), 5 of 5 left, retry never");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 10, 99, 100, 1_000, 1_234, 9_998, 9_999})
    void deniedUntilTheAdvertisedWaitAndAllowedThen(long capacity) {
        for (int k = 1; k <= 5; k++) {
            for (int i = 0; i <= k; i++) {
                ManualTime time = new ManualTime(-77);
                SingleLimiter limiter = Limiters.single(Rate.perSecond(5).burst(capacity), time);
                assertThat(limiter.tryAcquire(capacity)).isTrue();
                long wait = limiter.decide().retryAfterNanos();
                assertThat(wait).isEqualTo(200_000_000);
                time.advanceNanos(i * wait / (k + 1));
                assertThat(limiter.tryAcquire()).isFalse();
                time.set(-77 + wait);
                assertThat(limiter.tryAcquire()).isTrue();
                assertThat(limiter.tryAcquire()).isFalse();
            }
        }
    }

    /** Seconds in tenths: permits (0 is a look), limited?, remaining, full again in, retry after (-1: never). */
    @Test
    void headersOfOnePerSecondWithFive() {
        ManualTime time = new ManualTime(1);
        SingleLimiter limiter = Limiters.single(Rate.perSecond(1).burst(5), time);
        long[][] rows = {
            {0, 6, 1, 5, 0, -1},
            {0, 1, 0, 4, 10, 0},
            {0, 1, 0, 3, 20, 0},
            {0, 1, 0, 2, 30, 0},
            {0, 1, 0, 1, 40, 0},
            {0, 1, 0, 0, 50, 0},
            {0, 1, 1, 0, 50, 10},
            {30, 1, 0, 2, 30, 0},
            {31, 1, 0, 1, 39, 0},
            {40, 1, 0, 1, 40, 0},
            {80, 1, 0, 4, 10, 0},
            {95, 1, 0, 4, 10, 0},
            {95, 0, 0, 4, 10, 0},
            {95, 2, 0, 2, 30, 0},
            {95, 5, 1, 2, 30, 30},
        };
        for (long[] row : rows) {
            time.set(1 + row[0] * 100_000_000);
            Decision decision = row[1] == 0 ? limiter.peek() : limiter.decide(row[1]);
            assertThat(decision.allowed()).isEqualTo(row[2] == 0);
            assertThat(decision.remaining()).isEqualTo(row[3]);
            assertThat(decision.resetAfter()).isEqualTo(Duration.ofMillis(row[4] * 100));
            assertThat(decision.retryAfter()).isEqualTo(row[5] < 0 ? Decision.NEVER : Duration.ofMillis(row[5] * 100));
        }
    }

    @Test
    void theWaitIsRoundedUpToTheNanosecond() {
        ManualTime time = new ManualTime();
        SingleLimiter limiter = Limiters.single(Rate.perSecond(3), time);
        limiter.tryAcquire(3);
        assertThat(limiter.decide().retryAfterNanos()).isEqualTo(333_333_334);
        time.advanceNanos(333_333_333);
        assertThat(limiter.tryAcquire()).isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_500_000, 999_983, 3, 999_999_937})
    void askedEveryHundredNanosecondsForTenSeconds(long permitsPerSecond) {
        ManualTime time = new ManualTime(555);
        // A tenth of a second's worth, so that the fastest of them is kept, too.
        long capacity = Math.max(1, permitsPerSecond / 100);
        SingleLimiter limiter = Limiters.single(Rate.perSecond(permitsPerSecond).burst(capacity), time);
        long allowed = 0;
        long most = permitsPerSecond * 10 + capacity;
        for (long i = 0; i < 100_000_000; i++) {
            // Above one permit per question, several are asked for at once.
            long permits = Math.max(1, permitsPerSecond / 5_000_000);
            if (limiter.tryAcquire(permits)) {
                allowed += permits;
            }
            time.advanceNanos(100);
        }
        assertThat(allowed).isBetween(most - Math.max(2, permitsPerSecond / 2_500_000), most);
    }

    @Test
    void threePerSecondAreBackAfterExactlyASecond() {
        for (long start : new long[] {0, 1, 7, 333_333_333, 999_999_999, Long.MAX_VALUE - 5, Long.MIN_VALUE, -1}) {
            ManualTime time = new ManualTime(start);
            SingleLimiter limiter = Limiters.single(Rate.perSecond(3), time);
            for (int i = 0; i < 3; i++) {
                assertThat(limiter.tryAcquire()).isTrue();
            }
            time.advanceNanos(999_999_999);
            assertThat(limiter.peek().remaining()).isEqualTo(2);
            time.advanceNanos(1);
            assertThat(limiter.peek().remaining()).isEqualTo(3);
        }
    }

    @Test
    void unevenStart() {
        ManualTime time = new ManualTime(123);
        SingleLimiter limiter = Limiters.single(Rate.perSecond(10).burst(1), time);
        assertThat(limiter.tryAcquire()).isTrue();
        time.set(100_000_122);
        assertThat(limiter.tryAcquire()).isFalse();
        time.set(100_000_123);
        assertThat(limiter.tryAcquire()).isTrue();
    }
}
