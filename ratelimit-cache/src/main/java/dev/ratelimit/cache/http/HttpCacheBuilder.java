package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.ResponseCacheBuilder;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A builder of HTTP caches. Each setting has a default; each method returns the builder itself.
 *
 * <p>Not thread-safe. No parameter is null.
 */
public final class HttpCacheBuilder {

    private final String name;
    private final boolean shared;
    private InstantSource clock = InstantSource.system();
    private UnaryOperator<HttpCaching> rules = rules -> rules;
    private long maxBytes = 64L << 20;
    private int maxContentBytes = 1 << 20;
    private int maxVariants = 100;
    private boolean hearsClients = true;
    private UnaryOperator<Fields> normaliser = fields -> fields;
    private Consumer<ResponseCacheBuilder<?>> settings = builder -> {};

    HttpCacheBuilder(String name, boolean shared) {
        // Refuses a name that no field could hold.
        CachedFields.status(name, CacheState.HIT);
        this.name = name;
        this.shared = shared;
    }

    /**
     * Sets the maximum bytes of content, fields and keys that are kept. The default is 64 MiB.
     *
     * @param bytes how many, at least 1,024
     * @return this builder
     */
    public HttpCacheBuilder maxBytes(long bytes) {
        this.maxBytes = bytes;
        return this;
    }

    /**
     * Sets the maximum length of content that is kept. The default is 1 MiB. Such content is read into memory before
     * the first caller gets it. Longer content is streamed to the client.
     *
     * @param bytes how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1 or above 2<sup>30</sup>
     */
    public HttpCacheBuilder maxContentBytes(int bytes) {
        if (bytes < 1 || bytes > 1 << 30) {
            throw new IllegalArgumentException(
                    "maxContentBytes must be from 1 to " + (1 << 30) + " bytes, but was " + bytes);
        }
        this.maxContentBytes = bytes;
        return this;
    }

    /**
     * Sets the maximum number of variants of one URI that are kept at once. The default is 100. One more replaces a
     * variant that no client has asked for since it was loaded. If there is none, it replaces the least recently used
     * variant.
     *
     * @param variants how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public HttpCacheBuilder maxVariants(int variants) {
        if (variants < 1) {
            throw new IllegalArgumentException("maxVariants must be at least 1, but was " + variants);
        }
        this.maxVariants = variants;
        return this;
    }

    /**
     * Sets a function that changes a request's fields before they select a variant and go to the origin. For example,
     * it may replace {@code Accept-Encoding} by {@code gzip} or nothing, so that there are two variants instead of one
     * for each browser. If it throws, the fields stay unchanged.
     *
     * @param normaliser from the received fields to the fields that the cache uses
     * @return this builder
     */
    public HttpCacheBuilder normalise(UnaryOperator<Fields> normaliser) {
        this.normaliser = Objects.requireNonNull(normaliser, "normaliser");
        return this;
    }

    /**
     * Makes the cache ignore {@code Cache-Control} and {@code Pragma} of requests, so that no client can cause a call
     * of the origin while the cache has an answer. By default the cache obeys them, and they affect only the client's
     * own request.
     *
     * @return this builder
     */
    public HttpCacheBuilder ignoreRequestDirectives() {
        this.hearsClients = false;
        return this;
    }

    /**
     * Changes the rules, in addition to earlier changes: targeted fields, heuristic freshness, credentials, and how
     * long responses can be validated.
     *
     * @param change from the previous rules to the new ones, such as
     *     {@code rules -> rules.targetedFields("CDN-Cache-Control")}
     * @return this builder
     */
    public HttpCacheBuilder rules(UnaryOperator<HttpCaching> change) {
        UnaryOperator<HttpCaching> before = this.rules;
        Objects.requireNonNull(change, "change");
        this.rules = standard -> Objects.requireNonNull(change.apply(before.apply(standard)), "the changed rules");
        return this;
    }

    /**
     * Sets the wall clock with which dates in fields are compared. The default is the system's.
     *
     * @param clock the wall clock
     * @return this builder
     */
    public HttpCacheBuilder clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Changes the settings of the underlying response cache, in addition to earlier changes: bounds, loads, deadlines,
     * stale responses, the executor, the time source. This builder itself sets the freshness and the bytes of a
     * response and the maximum number of variants, and replaces such settings.
     *
     * @param settings changes the settings, such as
     *     {@code cache -> cache.maxLoads(16).loadDeadline(Duration.ofSeconds(2))}
     * @return this builder
     */
    public HttpCacheBuilder with(Consumer<ResponseCacheBuilder<?>> settings) {
        Consumer<ResponseCacheBuilder<?>> before = this.settings;
        Objects.requireNonNull(settings, "settings");
        this.settings = builder -> {
            before.accept(builder);
            settings.accept(builder);
        };
        return this;
    }

    /**
     * Builds the cache.
     *
     * @return a new cache, empty
     * @throws IllegalArgumentException if a setting is out of range
     */
    public HttpCache build() {
        HttpCaching standard = shared ? HttpCaching.shared(clock) : HttpCaching.ofOneUser(clock);
        HttpCaching changed = rules.apply(standard);
        ResponseCacheBuilder<StoredReply> builder = ResponseCache.builder(name);
        settings.accept(builder);
        ResponseCache<StoredReply> cache = builder.maxBytes(maxBytes, StoredReply::bytes)
                .freshness(StoredReply::freshness)
                .maxVariants(maxVariants)
                .build();
        return new HttpCache(
                new HttpCache.Setup(name, changed, clock, maxContentBytes, normaliser, hearsClients), cache);
    }
}
