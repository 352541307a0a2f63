package dev.ratelimit.examples;

import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web application that uses everything, as it is deployed: with the library and all that it needs in its own class loader. Run
 * by {@code RedeploymentIT}, by reflection, hence public.
 */
public final class WebApplication implements Callable<Integer> {

    /** What a request carries, and threads that it starts would inherit. */
    private static final InheritableThreadLocal<WebApplication> REQUEST = new InheritableThreadLocal<>();

    private final Path folder;
    private int features;

    /**
     * Deploys it.
     *
     * @param folder where its file of quotas is
     */
    public WebApplication(Path folder) {
        this.folder = folder;
    }

    /** A request, on its own thread; returns how many features it has used. */
    @Override
    public Integer call() throws Exception {
        REQUEST.set(this);
        coarseTime();
        waiting();
        leases();
        quotas(QuotaStores.inMemory());
        try (JdbcQuotaStore store = JdbcQuotaStore.builder(folder.resolve("quotas"))
                .createTables()
                .purgeEvery(Duration.ofMillis(50))
                .build()) {
            quotas(store);
        }
        responses();
        undeploy();
        return features;
    }

    private void coarseTime() {
        Limiter<String> limiter = Limiters.builder(Rate.perSecond(10))
                .timeSource(TimeSource.coarse())
                .build();
        check(limiter.tryAcquire("coarse"));
    }

    private void waiting() throws Exception {
        Policy policy = Policy.of("shaped", Rate.perSecond(10).burst(1)).shape(Duration.ofSeconds(10));
        for (TimeSource time : List.of(TimeSource.system(), TimeSource.coarse())) {
            Limiter<String> limiter = Limiters.builder(policy)
                    .listener(new LimiterListener() {
                        @Override
                        public void allowed(String name, long permits, long delayNanos) {}
                    })
                    .timeSource(time)
                    .build();
            check(limiter.acquire("k"));
            check(limiter.acquire("k"));
            Thread request = Thread.currentThread();
            CountDownLatch both = new CountDownLatch(2);
            CompletableFuture<Void> blocking = limiter.acquireAsync("k")
                    .thenAccept(decision -> {
                        // On a busy machine it may be complete by now.
                        if (Thread.currentThread() != request) {
                            awaitQuietly(both);
                        }
                    })
                    .toCompletableFuture();
            limiter.acquireAsync("k").thenAccept(decision -> both.countDown());
            limiter.acquireAsync("k").thenAccept(decision -> both.countDown());
            blocking.get(20, TimeUnit.SECONDS);
            check(cancelled(time));
        }
    }

    /** Cancels a call that waits for an hour: on a busy machine, one that waits for less may be complete by then. */
    private static boolean cancelled(TimeSource time) {
        Policy policy = Policy.of("hourly", Rate.perHour(1).burst(1)).shape(Duration.ofHours(2));
        Limiter<String> limiter = Limiters.builder(policy).timeSource(time).build();
        return limiter.acquireAsync("k").toCompletableFuture().isDone()
                && limiter.acquireAsync("k").toCompletableFuture().cancel(true);
    }

    private void leases() throws Exception {
        Limiter<String> slots = Limiters.perKey(
                Policy.of("slots", Rate.perSecond(1000)).maxConcurrent(1).leaseTimeout(Duration.ofMillis(50)));
        check(slots.tryEnter("k").allowed());
        try (Lease afterTheFirstWasTakenBack = slots.enter("k", Duration.ofSeconds(20))) {
            check(afterTheFirstWasTakenBack.allowed());
        }
    }

    private void quotas(QuotaStore store) throws Exception {
        QuotaService quotas = Quotas.builder(store)
                .quota(Quota.of("calls-a-day", 1_000_000, CalendarWindow.daily()))
                .deadline(Duration.ofSeconds(20))
                .prefetch(Duration.ofMillis(20))
                .listener((key, percent, usage) -> {}, 50)
                .build();
        for (int i = 0; i < 100; i++) {
            check(quotas.consume("customer").allowed());
        }
        check(quotas.async(Runnable::run)
                .consume("customer")
                .toCompletableFuture()
                .get()
                .allowed());
        // Until what is leased has gone back.
        for (long used = 0; used != 101; used = quotas.peek("customer").used()) {
            Thread.sleep(5);
        }
        Thread.sleep(100);
    }

    private void responses() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        ResponseCache<WebApplication> cache = ResponseCache.<WebApplication>builder("pages")
                .maxEntries(100)
                .freshFor(Duration.ofMillis(20))
                .staleWhileRevalidate(Duration.ofSeconds(20))
                .loadDeadline(Duration.ofMillis(300))
                .build();
        CacheKey key = CacheKey.of(Scope.tenant("t"), "page");
        Callable<WebApplication> loader = () -> {
            loads.incrementAndGet();
            return this;
        };
        check(cache.get(key, loader).value() == this);
        while (loads.get() < 2) {
            Thread.sleep(5);
            Cached<WebApplication> maybeStale = cache.get(key, loader);
            check(maybeStale.value() == this);
        }
        CompletableFuture<WebApplication> never = new CompletableFuture<>();
        try {
            cache.get(CacheKey.of(Scope.tenant("t"), "never"), never::get);
            check(false);
        } catch (LoadFailedException e) {
            check(e.reason() == LoadFailedException.Reason.DEADLINE);
        }
    }

    /** As a container does, for drivers: one that is registered keeps its class loader for ever. */
    private void undeploy() throws Exception {
        REQUEST.remove();
        for (Driver driver : DriverManager.drivers().toList()) {
            if (driver.getClass().getClassLoader() == getClass().getClassLoader()) {
                DriverManager.deregisterDriver(driver);
                features++;
            }
        }
    }

    private void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("after " + features + " features");
        }
        features++;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
