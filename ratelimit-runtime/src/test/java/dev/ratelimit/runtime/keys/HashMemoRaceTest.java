package dev.ratelimit.runtime.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Threads that push two strings of one place out of the memo all the time never read the hash of the other. */
class HashMemoRaceTest {

    @Test
    void noStringIsGivenTheHashOfAnother() throws Exception {
        Multilinear family = new Multilinear(new Random(5));
        HashMemo memo = new HashMemo(family, 1);
        // The same last characters, and so the same place.
        List<String> texts = List.of("user-0001-of-acme", "user-0002-of-acme");
        long[] expected = texts.stream().mapToLong(text -> family.text(1, text)).toArray();
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                int seed = t;
                wrong.add(executor.submit(() -> {
                    Random random = new Random(seed);
                    int count = 0;
                    for (int i = 0; i < 3_000_000; i++) {
                        int which = random.nextInt(2);
                        count += memo.hash(texts.get(which)) == expected[which] ? 0 : 1;
                    }
                    return count;
                }));
            }
            for (Future<Integer> count : wrong) {
                assertThat(count.get()).isZero();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
