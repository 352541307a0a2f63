package dev.ratelimit.redis;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of its own. It connects, and makes a file of mapped memory; once another file is there, its threads consume one by one, from
 * units that it leases, until they are refused for a while. Each writes into the mapped memory how many it was granted, so that
 * this is known of a process that is killed, too.
 */
final class PrefetchingProcess {

    static final int THREADS = 4;
    static final Duration TERM = Duration.ofMillis(10);
    private static final long REFUSED_NANOS = Duration.ofMillis(500).toNanos();
    private static final long PAUSE_MILLIS = 2;

    private PrefetchingProcess() {}

    static Process start(int port, String key, long limit, Path granted, Path go) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PrefetchingProcess.class.getName(),
                        String.valueOf(port),
                        key,
                        String.valueOf(limit),
                        granted.toString(),
                        go.toString(),
                        String.valueOf(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static QuotaService quotas(RedisQuotaStore store, long limit) {
        return Quotas.builder(store)
                .quota(Quota.of("prefetched", limit, CalendarWindow.yearly()))
                .deadline(Duration.ofSeconds(20))
                .prefetch(TERM)
                .build();
    }

    public static void main(String[] arguments) throws Exception {
        // Ends with the test, however that ends.
        var unused = ProcessHandle.of(Long.parseLong(arguments[5]))
                .orElseThrow()
                .onExit()
                .thenRun(() -> Runtime.getRuntime().halt(1));
        try (RedisQuotaStore store =
                        RedisQuotaStore.connect(RedisURI.create("127.0.0.1", Integer.parseInt(arguments[0])));
                FileChannel file = FileChannel.open(
                        Path.of(arguments[3]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            QuotaService quotas = quotas(store, Long.parseLong(arguments[2]));
            MappedByteBuffer granted = file.map(FileChannel.MapMode.READ_WRITE, 0, (long) THREADS * Long.BYTES);
            while (!Files.exists(Path.of(arguments[4]))) {
                pause();
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int place = i * Long.BYTES;
                threads.add(new Thread(() -> consumeAll(quotas, arguments[1], granted, place)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void consumeAll(QuotaService quotas, String key, MappedByteBuffer granted, int place) {
        long count = 0;
        long last = System.nanoTime();
        while (System.nanoTime() - last < REFUSED_NANOS) {
            if (quotas.consume(key).allowed()) {
                granted.putLong(place, ++count);
                last = System.nanoTime();
            } else {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
