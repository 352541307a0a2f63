package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** So many loads at once, and the others in their order. */
@Timeout(60)
class LoadGateTest {

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

    @Test
    void threadsThatComeAndGoNeverExceedThePlacesAndLoseNone() throws Exception {
        int places = 3;
        int loads = 30_000;
        LoadGate gate = new LoadGate(places, loads);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(loads);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        for (int caller = 0; caller < 3; caller++) {
            threads.execute(() -> {
                for (int i = 0; i < loads / 3; i++) {
                    gate.enter(() -> threads.execute(() -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        done.countDown();
                        gate.leave();
                    }));
                }
            });
        }
        done.await();
        threads.shutdown();

        assertThat(most).hasValueLessThan(places + 1);
        for (int i = 0; i < places; i++) {
            // The last to leave may not have left yet.
            while (!gate.tryTake()) {
                Thread.onSpinWait();
            }
        }
        assertThat(gate.tryTake()).isFalse();
    }
}
