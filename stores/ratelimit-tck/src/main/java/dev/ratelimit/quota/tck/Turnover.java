package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Counter;
import java.util.Random;
import java.util.concurrent.Callable;

/** A thread's random acquires, by limits from 40 to 100, and refunds of what it has. Returns what it keeps. */
record Turnover(Caller store, Counter counter, int seed) implements Callable<Long> {

    @Override
    public Long call() {
        Random random = new Random(seed);
        long mine = 0;
        for (int i = 0; i < 25; i++) {
            if (mine > 0 && random.nextInt(3) == 0) {
                long back = 1L + random.nextInt((int) mine);
                store.adjust(counter, -back);
                mine -= back;
            } else {
                long limit = 40 + 30L * random.nextInt(3);
                mine += store.acquire(counter, 1L + random.nextInt(5), 1, limit).granted();
            }
        }
        return mine;
    }
}
