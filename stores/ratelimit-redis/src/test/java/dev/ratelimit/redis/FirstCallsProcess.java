package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * A JVM of its own. It builds a store and prints "built"; then threads make their first call at one time, within the
 * default deadline. It prints how many microseconds each took, or "late", and "called".
 */
final class FirstCallsProcess {

    private FirstCallsProcess() {}

    static Process start(int port, int callers, Path loadedClasses) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-Xlog:class+load:file=" + loadedClasses + "::filecount=0",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FirstCallsProcess.class.getName(),
                            String.valueOf(port),
                            String.valueOf(callers))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws InterruptedException, IOException {
        int port = Integer.parseInt(arguments[0]);
        int callers = Integer.parseInt(arguments[1]);
        Counter one = Asking.counter("orders", "first", Duration.ofHours(1));
        Counter other = Asking.counter("mails", "first", Duration.ofHours(1));
        List<List<Operation>> calls = List.of(
                List.of(new Operation.Acquire(one, 1, 1, 100, null)),
                List.of(new Operation.Adjust(one, 1, null)),
                List.of(new Operation.Read(one)),
                List.of(new Operation.Group(List.of(
                        Operation.Acquire.allOrNothing(one, 1, 100), Operation.Acquire.allOrNothing(other, 1, 100)))));
        String[] took = new String[callers];
        CountDownLatch go = new CountDownLatch(1);
        try (RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", port))) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int caller = i;
                Thread thread = new Thread(() -> took[caller] = call(store, calls.get(caller % calls.size()), go));
                thread.start();
                threads.add(thread);
            }
            System.out.println("built");
            System.in.read();
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println(List.of(took).stream().collect(Collectors.joining(" ")));
            System.out.println("called");
            System.in.read();
        }
    }

    private static String call(RedisQuotaStore store, List<Operation> operations, CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long began = System.nanoTime();
        Outcome outcome =
                store.apply(operations, Deadline.after(store.defaultDeadline())).get(0);
        long micros = (System.nanoTime() - began) / 1_000;
        return outcome instanceof Outcome.Failed ? "late" : String.valueOf(micros);
    }
}
