package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** So many loads at once, and the others in their order. */
@Timeout(60)
class LoadGateTest {

    private static final int PLACES = 3;
    private static final int LOADS = 30_000;

    @Test
    void whoWaitsIsLetInInTurn() {
        LoadGate gate = new LoadGate(1, 2);
        List<String> begun = new ArrayList<>();
        Runnable third = () -> begun.add("third");

        assertThat(gate.enter(() -> begun.add("first"))).isTrue();
        assertThat(gate.enter(() -> begun.add("second"))).isTrue();
        assertThat(gate.enter(third)).isTrue();
        assertThat(gate.enter(() -> begun.add("fourth"))).isFalse();
        assertThat(gate.tryTake()).isFalse();
        assertThat(gate.withdraw(third)).isTrue();
        assertThat(gate.withdraw(third)).isFalse();
        assertThat(begun).containsExactly("first");
        gate.leave();
        assertThat(begun).containsExactly("first", "second");
        gate.leave();
        assertThat(gate.tryTake()).isTrue();
    }

    @Test
    void loadsThatEndAtOnceDoNotNest() {
        LoadGate gate = new LoadGate(1, 100_000);
        AtomicInteger done = new AtomicInteger();
        assertThat(gate.tryTake()).isTrue();
        for (int i = 0; i < 100_000; i++) {
            gate.enter(() -> {
                done.incrementAndGet();
                gate.leave();
            });
        }
        gate.leave();
        assertThat(done).hasValue(100_000);
    }

    /** As with an executor that runs a load on the thread that hands it over. */
    @Test
    void aLoadThatRunsWhereItIsBegunHoldsUpNoOther() throws Exception {
        LoadGate gate = new LoadGate(2, 10);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        FutureTask<Boolean> hung = new FutureTask<>(() -> gate.enter(() -> {
            inside.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Thread thread = new Thread(hung);
        thread.setDaemon(true);
        thread.start();
        inside.await();

        List<String> begun = new ArrayList<>();
        assertThat(gate.enter(() -> begun.add("second"))).isTrue();
        assertThat(begun).containsExactly("second");
        end.countDown();
        assertThat(hung.get()).isTrue();
    }

    @Test
    void threadsThatComeAndGoNeverExceedThePlacesAndLoseNone() throws Exception {
        LoadGate gate = new LoadGate(PLACES, LOADS);

        assertThat(mostInside(begin -> assertThat(gate.enter(begin)).isTrue(), gate::leave))
                .isLessThanOrEqualTo(PLACES);
        for (int i = 0; i < PLACES; i++) {
            // The last to leave may not have left yet.
            while (!gate.tryTake()) {
                Thread.onSpinWait();
            }
        }
        assertThat(gate.tryTake()).isFalse();
    }

    /** Looks whether there is a place, and takes it then. */
    @Test
    void aGateThatLooksBeforeItTakesIsCaught() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        int most = mostInside(
                begin -> {
                    while (inside.get() >= PLACES) {
                        Bench.stepAside();
                    }
                    Bench.stepAside();
                    inside.incrementAndGet();
                    begin.run();
                },
                inside::decrementAndGet);

        assertThat(most).isGreaterThan(PLACES);
    }

    /** The most loads that were under way at once, while threads begin and end them. */
    private static int mostInside(Consumer<Runnable> enter, Runnable leave) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(LOADS);
        ExecutorService loaders = Executors.newFixedThreadPool(6);
        ExecutorService callers = Executors.newFixedThreadPool(3);
        for (int caller = 0; caller < 3; caller++) {
            callers.execute(() -> {
                for (int i = 0; i < LOADS / 3; i++) {
                    enter.accept(() -> loaders.execute(() -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Bench.stepAside();
                        inside.decrementAndGet();
                        done.countDown();
                        leave.run();
                    }));
                }
            });
        }
        done.await();
        callers.shutdown();
        loaders.shutdown();
        return most.get();
    }
}
