package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.core.internal.policy.Crew.Member;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveNodesTest {

    private static final long INTERVAL = Duration.ofSeconds(5).toNanos();
    private static final int ROUNDS = 20_000;

    private final AtomicIntegerArray reads = new AtomicIntegerArray(ROUNDS);
    private final ManualTime time = new ManualTime();
    private final List<Throwable> reports = new ArrayList<>();
    private Callable<Integer> answer = () -> 4;
    private int questions;

    private LiveNodes nodes() {
        return new LiveNodes(
                ClusterShare.of(
                                () -> {
                                    questions++;
                                    return answer.call();
                                },
                                3)
                        .every(Duration.ofNanos(INTERVAL))
                        .onFailure(reports::add),
                time);
    }

    private int number(LiveNodes nodes) {
        return nodes.at(time.nanos()).nodes();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 5, Long.MIN_VALUE, -1})
    void theFirstCallReadsAndThenTheFirstAfterEachInterval(long start) {
        time.set(start);
        LiveNodes nodes = nodes();
        assertThat(questions).isZero();
        assertThat(number(nodes)).isEqualTo(4);
        answer = () -> 5;
        assertThat(number(nodes)).isEqualTo(4);
        time.advanceNanos(INTERVAL - 1);
        assertThat(number(nodes)).isEqualTo(4);
        assertThat(questions).isEqualTo(1);
        time.advanceNanos(1);
        assertThat(number(nodes)).isEqualTo(5);
        assertThat(number(nodes)).isEqualTo(5);
        assertThat(questions).isEqualTo(2);
        assertThat(reports).isEmpty();
    }

    static List<Callable<Integer>> failures() {
        return List.of(() -> 0, () -> -1, () -> Integer.MIN_VALUE, () -> {
            throw new IOException("no quorum");
        });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theNumberDeclaredStandsUntilThereIsOneAndTheLastKnownFromThenOn(Callable<Integer> failure) {
        LiveNodes nodes = nodes();
        answer = failure;
        assertThat(number(nodes)).isEqualTo(3);
        time.advanceNanos(INTERVAL - 1);
        assertThat(number(nodes)).isEqualTo(3);
        assertThat(questions).isEqualTo(1);
        time.advanceNanos(1);
        answer = () -> 7;
        assertThat(number(nodes)).isEqualTo(7);
        answer = failure;
        for (int i = 1; i <= 10; i++) {
            time.advanceNanos(INTERVAL);
            assertThat(number(nodes)).isEqualTo(7);
            assertThat(reports).hasSize(1 + i);
        }
    }

    @Test
    void theReportSaysWhatWentWrong() {
        LiveNodes nodes = nodes();
        answer = () -> 0;
        number(nodes);
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the number of live nodes must be at least 1, but was 0"));
    }

    @Test
    void anErrorReachesItsCallerAndIsAFailureForTheNext() {
        LiveNodes nodes = nodes();
        answer = () -> {
            throw new NoClassDefFoundError("Gossip");
        };
        assertThatThrownBy(() -> number(nodes)).isInstanceOf(NoClassDefFoundError.class);
        assertThat(number(nodes)).isEqualTo(3);
        assertThat(questions).isEqualTo(1);
        assertThat(reports).hasSize(1);
    }

    @Test
    void anInterruptionIsKept() {
        LiveNodes nodes = nodes();
        answer = () -> {
            throw new InterruptedException("stop");
        };
        assertThat(number(nodes)).isEqualTo(3);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(reports).hasSize(1);
    }

    @Test
    void aListenerThatFailsDoesNoHarm() {
        LiveNodes nodes = new LiveNodes(
                ClusterShare.of(() -> 0, 3).onFailure(failure -> {
                    throw new IllegalStateException("the log is full", failure);
                }),
                time);
        assertThat(number(nodes)).isEqualTo(3);
        assertThat(number(nodes)).isEqualTo(3);
    }

    @Test
    void aMembershipThatComesBackHereGoesOnWithTheNumberKnown() {
        List<LiveNodes> itself = new ArrayList<>();
        answer = () -> number(itself.get(0)) + 1;
        itself.add(nodes());
        assertThat(number(itself.get(0))).isEqualTo(4);
    }

    @Test
    void theIntervalBeginsWhenTheAnswerIsThere() {
        LiveNodes nodes = nodes();
        answer = () -> {
            time.advanceNanos(3 * INTERVAL);
            return 4;
        };
        number(nodes);
        time.advanceNanos(INTERVAL - 1);
        number(nodes);
        assertThat(questions).isEqualTo(1);
    }

    @Test
    @Timeout(60)
    void onlyTheCallThatAsksWaits() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LiveNodes nodes = nodes();
        answer = () -> {
            entered.countDown();
            release.await();
            return 4;
        };
        Member<Integer> asking = Crew.start(() -> number(nodes));
        entered.await();
        time.advanceNanos(10 * INTERVAL);
        assertThat(number(nodes)).isEqualTo(3);
        assertThat(number(nodes)).isEqualTo(3);
        release.countDown();
        assertThat(asking.join()).isEqualTo(4);
        assertThat(number(nodes)).isEqualTo(4);
        assertThat(questions).isEqualTo(1);
    }

    @Test
    @Timeout(120)
    void inARaceOneThreadReadsInEachInterval() throws Exception {
        LiveNodes nodes = new LiveNodes(ClusterShare.of(this::noted, 1).every(Duration.ofNanos(1)), time);
        assertThat(roundsNotReadOnce(nodes::at)).isZero();
    }

    @Test
    @Timeout(120)
    void aTwinWithoutAFlagIsCaught() throws Exception {
        long wrong = 0;
        for (int attempt = 0; attempt < 50 && wrong == 0; attempt++) {
            time.set(0);
            AtomicLong until = new AtomicLong();
            wrong = roundsNotReadOnce(now -> {
                if (now - until.get() >= 0) {
                    noted();
                    until.set(now + 1);
                }
            });
        }
        assertThat(wrong).isPositive();
    }

    private int noted() {
        int reading = reads.incrementAndGet((int) time.nanos());
        Crew.stepAside();
        return reading;
    }

    /** Three threads ask in each of the rounds, which are an interval long; returns in how many it was not read once. */
    private long roundsNotReadOnce(LongConsumer ask) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            reads.set(round, 0);
        }
        Crew.race(3, ROUNDS, (round, thread) -> {
            time.set(round);
            ask.accept(round);
        });
        return IntStream.range(0, ROUNDS).filter(round -> reads.get(round) != 1).count();
    }
}
