package dev.ratelimit.examples;

import dev.ratelimit.TimeSource;
import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.CacheStatistics;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ReadOptions;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import java.time.Duration;
import java.util.Set;

/** A shop's products, kept in front of the backend that has them. */
final class ProductCache {

    private final ResponseCache<Product> products;
    private final Backend backend;

    /** What the backend knows of a product. */
    record Product(String name, Set<String> categories) {

        long size() {
            return 100L + name.length();
        }
    }

    /** What asks the backend. */
    interface Backend {

        Product product(String tenant, String id) throws NoSuchProduct;

        /** Whether a product is still as it was, which costs less to say. */
        default boolean isCurrent(Product product) {
            return false;
        }
    }

    /** The backend has no such product. */
    static final class NoSuchProduct extends Exception {

        private static final long serialVersionUID = 1;
    }

    ProductCache(Backend backend, TimeSource time) {
        this.backend = backend;
        products = ResponseCache.<Product>builder("products")
                .maxEntries(10_000)
                .maxBytes(64 << 20, Product::size)
                .freshFor(Duration.ofMinutes(1))
                .staleWhileRevalidate(Duration.ofSeconds(30))
                .staleIfError(Duration.ofMinutes(10))
                .gone(NoSuchProduct.class, Duration.ofSeconds(5))
                .tags(Product::categories)
                .loadDeadline(Duration.ofSeconds(2))
                .maxLoads(16)
                .timeSource(time)
                .build();
    }

    String show(String tenant, String id) {
        CacheKey key = CacheKey.of(Scope.tenant(tenant), "product", id);
        try {
            Cached<Product> answer = products.get(key, () -> backend.product(tenant, id));
            return answer.value().name() + ", " + answer.state() + ", "
                    + answer.age().toSeconds() + " s old";
        } catch (LoadFailedException e) {
            return e.getCause() instanceof NoSuchProduct ? "404, " + e.state() : "503, " + e.reason();
        }
    }

    Cached<Product> inAHurry(String tenant, String id) {
        CacheKey key = CacheKey.of(Scope.tenant(tenant), "product", id);
        ReadOptions options = ReadOptions.any().maxAge(Duration.ofSeconds(5)).patience(Duration.ofMillis(200));
        return products.get(key, options, () -> backend.product(tenant, id));
    }

    Cached<Product> validated(String tenant, String id) {
        CacheKey key = CacheKey.of(Scope.tenant(tenant), "product", id);
        ReadOptions latest = ReadOptions.any().maxAge(Duration.ZERO);
        return products.get(
                key,
                latest,
                stored -> stored != null && backend.isCurrent(stored) ? stored : backend.product(tenant, id));
    }

    void changed(String tenant, String id, Product product) {
        CacheKey key = CacheKey.of(Scope.tenant(tenant), "product", id);
        products.put(key, product);
    }

    void withdrawn(String tenant, String id) {
        CacheKey key = CacheKey.of(Scope.tenant(tenant), "product", id);
        products.invalidate(key);
    }

    void catalogueChanged(String tenant) {
        products.invalidatePrefix(CacheKey.of(Scope.tenant(tenant), "product"));
    }

    void categoryChanged(String category) {
        products.invalidateTag(category);
    }

    double hitRate() {
        CacheStatistics figures = products.statistics();
        long answered = figures.hits() + figures.staleHits() + figures.coalesced() + figures.loads();
        return answered == 0 ? 0 : 1 - (double) figures.loads() / answered;
    }
}
