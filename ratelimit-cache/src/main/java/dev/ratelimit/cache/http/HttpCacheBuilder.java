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
     * Sets the most bytes of content, fields and keys that are kept: 64 MiB if it is not set.
     *
     * @param bytes how many, at least 1,024
     * @return this builder
     */
    public HttpCacheBuilder maxBytes(long bytes) {
        this.maxBytes = bytes;
        return this;
    }

    /**
     * Sets the longest content that is kept: 1 MiB if it is not set. It is read into memory before the first caller
     * gets it; longer content is passed on while it comes.
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
     * Sets how many variants of one address are kept at once: 100 if it is not set. A further one takes the place of a
     * variant that nobody has asked for since it was loaded; if there is none, of the one that was asked for least
     * lately.
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
     * Sets what is made of a request's fields before they tell variants apart and go to the origin. For example it
     * replaces {@code Accept-Encoding} by {@code gzip} or nothing, so that there are two variants rather than one for
     * each browser. If it throws, the fields stay as they are.
     *
     * @param normaliser from the fields as they came to those that count
     * @return this builder
     */
    public HttpCacheBuilder normalise(UnaryOperator<Fields> normaliser) {
        this.normaliser = Objects.requireNonNull(normaliser, "normaliser");
        return this;
    }

    /**
     * Has the {@code Cache-Control} and {@code Pragma} of requests ignored, so that no client can have the origin asked
     * while the cache has an answer. They are heard if this is not called; what a client asks for then concerns its own
     * request only.
     *
     * @return this builder
     */
    public HttpCacheBuilder ignoreRequestDirectives() {
        this.hearsClients = false;
        return this;
    }

    /**
     * Changes the rules, beside what was changed before: targeted fields, heuristic freshness, credentials, and for how
     * long responses can be validated.
     *
     * @param change from the rules of RFC 9111 to those that count, as {@code rules ->
     *     rules.targetedFields("CDN-Cache-Control")}
     * @return this builder
     */
    public HttpCacheBuilder rules(UnaryOperator<HttpCaching> change) {
        UnaryOperator<HttpCaching> before = this.rules;
        Objects.requireNonNull(change, "change");
        this.rules = standard -> Objects.requireNonNull(change.apply(before.apply(standard)), "the changed rules");
        return this;
    }

    /**
     * Sets the time of day, which dates in fields are compared with: the system's if it is not set.
     *
     * @param clock the time of day
     * @return this builder
     */
    public HttpCacheBuilder clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets what every response cache has, beside what was set before: bounds, loads, deadlines, stale responses, the
     * executor, the time by which responses age. The freshness and the bytes of a response are HTTP's to say; what is set
     * of these is replaced, as are the most variants.
     *
     * @param settings sets it, as {@code cache -> cache.maxLoads(16).loadDeadline(Duration.ofSeconds(2))}
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
