package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A JVM of its own. It connects and says so; after a line from whoever started it, its threads ask for one unit each until there
 * is none; then it says what it was granted.
 */
final class CountingProcess {

    private static final int THREADS = 8;

    private CountingProcess() {}

    static Process start(int port, String subject, long limit, boolean looksFirst) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CountingProcess.class.getName(),
                            String.valueOf(port),
                            subject,
                            String.valueOf(limit),
                            String.valueOf(looksFirst))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Counter counter(String subject) {
        Instant start = Instant.ofEpochSecond(1_700_000_000);
        return Counter.of("processes", subject, start, start.plusSeconds(1_000_000_000));
    }

    public static void main(String[] arguments) throws InterruptedException, IOException {
        int port = Integer.parseInt(arguments[0]);
        Counter counter = counter(arguments[1]);
        long limit = Long.parseLong(arguments[2]);
        boolean looksFirst = Boolean.parseBoolean(arguments[3]);
        AtomicInteger granted = new AtomicInteger();
        try (RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", port))) {
            System.out.println("connected");
            if (System.in.read() < 0) {
                return;
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(new Thread(() -> {
                    while (looksFirst ? looksAndTakes(store, counter, limit) : takes(store, counter, limit)) {
                        granted.incrementAndGet();
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        System.out.println(granted.get());
    }

    private static boolean takes(RedisQuotaStore store, Counter counter, long limit) {
        Outcome outcome = Asking.attempt(store, Asking.acquire(counter, 1, limit), Asking.LONG);
        while (Asking.failed(outcome, Certainty.NOT_APPLIED)) {
            outcome = Asking.attempt(store, Asking.acquire(counter, 1, limit), Asking.LONG);
        }
        return outcome instanceof Counted counted && counted.granted() == 1;
    }

    /** The broken twin: others come between the look and the act. */
    private static boolean looksAndTakes(RedisQuotaStore store, Counter counter, long limit) {
        if (Asking.used(store, counter) >= limit) {
            return false;
        }
        Asking.ask(store, new Operation.Adjust(counter, 1, null));
        return true;
    }
}
