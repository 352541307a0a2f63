package dev.ratelimit.runtime.timers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.IntFunction;

/** Parties that do one thing each at the same moment, again and again, on something new each time. */
final class RacingPairs {

    private RacingPairs() {}

    /** One round: what its parties do, and whether it came out right. */
    interface Round {
        void one();

        void other();

        boolean isRight();
    }

    /** Runs rounds, each with two threads at once; returns how many came out wrong. */
    static long wrong(int rounds, IntFunction<Round> make) throws Exception {
        List<Round> all = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            all.add(make.apply(i));
        }
        Phaser phaser = new Phaser(2);
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = executor.submit(() -> all.forEach(round -> {
                phaser.arriveAndAwaitAdvance();
                round.one();
            }));
            Future<?> other = executor.submit(() -> all.forEach(round -> {
                phaser.arriveAndAwaitAdvance();
                round.other();
            }));
            one.get();
            other.get();
        } finally {
            executor.shutdownNow();
        }
        return all.stream().filter(round -> !round.isRight()).count();
    }

    /** Tries a broken twin until it is caught, because on a busy machine threads may take turns for a while. */
    static long wrongOfTwin(int rounds, IntFunction<Round> make) throws Exception {
        long wrong = 0;
        for (int attempt = 0; attempt < 50 && wrong == 0; attempt++) {
            wrong = wrong(rounds, make);
        }
        return wrong;
    }
}
