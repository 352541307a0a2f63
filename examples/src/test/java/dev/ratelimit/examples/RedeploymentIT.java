package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.runtime.timers.Timers;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application with the library in its own class loader uses every feature, and is undeployed: its class loader is collected, and
 * no thread is left, once the library's threads have been idle for their ten seconds.
 */
@Timeout(180)
class RedeploymentIT {

    private static final int DEPLOYMENTS = 3;
    private static final int LOOKS = 600;
    private static final long BETWEEN_MILLIS = 100;

    @TempDir
    private Path folder;

    @Test
    void eachOfThreeDeploymentsIsCollectedAndLeavesNoThread() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        List<WeakReference<ClassLoader>> deployments = new ArrayList<>();
        for (int i = 0; i < DEPLOYMENTS; i++) {
            deployments.add(deployed(i));
        }
        displaceTheJdksLastRecord();
        assertThat(areCollected(deployments, LOOKS)).as("collected").isTrue();
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        assertThat(left).noneMatch(thread -> thread.getName().startsWith("ratelimit"));
    }

    /**
     * The JDK keeps the class of the last record whose {@code equals} or {@code hashCode} was first called, of all in the JVM
     * ({@code java.lang.runtime.ObjectMethods}, by the type that one of its method handles was asked for last): strongly in 17, softly
     * in newer ones. It keeps at most one class loader until the next record; so this test makes one more record.
     */
    private static void displaceTheJdksLastRecord() throws Exception {
        try (URLClassLoader other = loader()) {
            ((Runnable) other.loadClass(LastRecord.class.getName())
                            .getDeclaredConstructor()
                            .newInstance())
                    .run();
        }
    }

    /** An application that compares two records. By reflection, hence public. */
    public static final class LastRecord implements Runnable {

        private record Part(int number) {}

        private record Whole(Part part) {}

        /** For reflection. */
        public LastRecord() {}

        @Override
        public void run() {
            Whole one = new Whole(new Part(1));
            Whole other = new Whole(new Part(1));
            if (!one.equals(other) || one.hashCode() != other.hashCode()) {
                throw new IllegalStateException();
            }
        }
    }

    /** The check can fail: a thread of the application's that does not end. */
    @Test
    void aTwinThatLeavesAThreadIsCaught() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try {
            assertThat(areCollected(List.of(leaking(end)), LOOKS / 60)).isFalse();
        } finally {
            end.countDown();
        }
    }

    private WeakReference<ClassLoader> deployed(int number) throws Exception {
        try (URLClassLoader loader = loader()) {
            Callable<?> application = (Callable<?>) loader.loadClass(WebApplication.class.getName())
                    .getDeclaredConstructor(Path.class)
                    .newInstance(folder.resolve("deployment-" + number));
            assertThat(application.getClass()).isNotEqualTo(WebApplication.class);
            FutureTask<?> request = new FutureTask<>(application);
            Thread thread = new Thread(request, "request");
            thread.setContextClassLoader(loader);
            thread.start();
            assertThat((Integer) request.get()).isGreaterThan(200);
            thread.join();
            return new WeakReference<>(loader);
        }
    }

    private static WeakReference<ClassLoader> leaking(CountDownLatch end) throws Exception {
        try (URLClassLoader loader = loader()) {
            Thread thread = new Thread(() -> awaitQuietly(end), "leaked");
            thread.setContextClassLoader(loader);
            thread.start();
            return new WeakReference<>(loader);
        }
    }

    /** What an application has in its folder of libraries; it shares the JDK with others, and nothing else. */
    private static URLClassLoader loader() throws Exception {
        List<URL> places = new ArrayList<>();
        for (Class<?> each : List.of(
                WebApplication.class,
                TimeSource.class,
                Limiters.class,
                Quotas.class,
                Timers.class,
                ResponseCache.class,
                QuotaStore.class,
                JdbcQuotaStore.class,
                Class.forName("com.github.benmanes.caffeine.cache.Caffeine"),
                Class.forName("org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue"),
                Class.forName("org.slf4j.LoggerFactory"),
                Class.forName("org.slf4j.jul.JDK14LoggerFactory"),
                Class.forName("org.h2.Driver"))) {
            places.add(each.getProtectionDomain().getCodeSource().getLocation());
        }
        return new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static boolean areCollected(List<WeakReference<ClassLoader>> loaders, int looks) throws Exception {
        for (int i = 0; i < looks && !loaders.stream().allMatch(each -> each.refersTo(null)); i++) {
            System.gc();
            Thread.sleep(BETWEEN_MILLIS);
        }
        return loaders.stream().allMatch(each -> each.refersTo(null));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
