package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.quota.QuotaDecision;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * HTTP fields are the header fields that tell a client about its limits, as names and values.
 *
 * <pre>{@code
 * HttpFields.of(decision).forEach(response::setHeader);
 * }</pre>
 *
 * <p>They may go with any response, of an allowed or a refused request. Each name occurs once. A field without a value
 * is left out:
 *
 * <ul>
 *   <li>{@code RateLimit-Policy} and {@code RateLimit} have an item for each limit and quota, in the given order, as
 *       draft-ietf-httpapi-ratelimit-headers-11 defines them. {@link ServiceLimit} explains their figures for a token
 *       bucket.
 *   <li>{@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and {@code X-RateLimit-Reset} repeat {@code q},
 *       {@code r} and {@code t} of the most restrictive limit. Servers use different meanings of
 *       {@code X-RateLimit-Reset}; here it is seconds from now, rounded up, and not a point in time. It is left out if
 *       {@code t} is. These fields count requests: limits in other units are ignored, and if there is no limit in
 *       requests, the fields are left out.
 *   <li>{@code Retry-After} is the longest wait of the limits that refuse, in whole seconds, rounded up, so at least 1.
 *       It is left out if all limits allow, or if one of them would refuse at any time.
 * </ul>
 *
 * <p>The <b>most restrictive</b> limit is the one with the least {@code r}. Among equals it is the one with the longest
 * {@code t}, where no {@code t} counts as the longest; then the one with the least {@code q}; then the first. A limit
 * that refuses for a time has {@code r} = 0, so it is more restrictive than any limit that allows and has permits left.
 *
 * <p>Every client that gets the response can read the figures. The server can leave out a limit whose capacity is
 * confidential, such as that of a whole node, while it allows.
 *
 * <p>Immutable and thread-safe.
 */
public final class HttpFields {

    private static final Comparator<ServiceLimit> MOST_RESTRICTIVE_FIRST = Comparator.comparingLong(
                    (ServiceLimit limit) -> limit.figures().available())
            .thenComparing(Comparator.<ServiceLimit>comparingLong(
                            limit -> limit.figures().effectiveWindow().orElse(Long.MAX_VALUE))
                    .reversed())
            .thenComparingLong(limit -> limit.figures().quota());

    private final List<ServiceLimit> limits;
    private final boolean legacy;

    private HttpFields(List<ServiceLimit> limits, boolean legacy) {
        this.limits = limits;
        this.legacy = legacy;
    }

    /**
     * Returns the fields for the decision of a limiter or of a composition: an item for each limit, under the name of
     * its policy.
     *
     * @param decision the decision
     * @return the fields
     * @throws IllegalArgumentException if two policies have the same name, or a name is empty or holds any character
     *     but printable ASCII
     */
    public static HttpFields of(Decision decision) {
        return of(ServiceLimit.each(decision));
    }

    /**
     * Returns the fields for the decision of a quota service: an item for each quota, under its own name.
     *
     * @param decision the decision
     * @return the fields
     */
    public static HttpFields of(QuotaDecision decision) {
        return of(ServiceLimit.each(decision));
    }

    /**
     * Returns the fields for a request that limits and then quotas decided.
     *
     * @param limits the decision of the limits, which appear under the names of their policies
     * @param quotas the decision of the quotas, which appear under their own names
     * @return the fields
     * @throws IllegalArgumentException if two have the same name, or a name is empty or holds any character but
     *     printable ASCII
     */
    public static HttpFields of(Decision limits, QuotaDecision quotas) {
        return of(ServiceLimit.each(limits, quotas));
    }

    /**
     * Returns the fields for the decision of one limit.
     *
     * @param name the name that clients know the limit by: printable ASCII, at least one character
     * @param decision the decision of the limit
     * @return the fields
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static HttpFields of(String name, Decision decision) {
        return of(ServiceLimit.of(name, decision));
    }

    /**
     * Returns the fields for the decision of one quota.
     *
     * @param name the name that clients know the quota by: printable ASCII, at least one character
     * @param decision the decision of the quota service; with several quotas, the fields are those of the binding quota
     * @return the fields
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static HttpFields of(String name, QuotaDecision decision) {
        return of(ServiceLimit.of(name, decision));
    }

    /**
     * Returns the fields for a request that several limits decided.
     *
     * @param limits the limits, at least one, all with different names
     * @return the fields
     * @throws IllegalArgumentException if there is no limit, or two have the same name
     */
    public static HttpFields of(ServiceLimit... limits) {
        return of(List.of(limits));
    }

    /**
     * Returns the fields for a request that several limits decided.
     *
     * @param limits the limits, at least one, all with different names
     * @return the fields
     * @throws IllegalArgumentException if there is no limit, or two have the same name
     */
    public static HttpFields of(List<ServiceLimit> limits) {
        return new HttpFields(ServiceLimit.ofOneAnswer(limits), true);
    }

    /**
     * Returns these fields without those whose names begin with {@code X-}.
     *
     * @return the fields that have a specification
     */
    public HttpFields withoutLegacy() {
        return new HttpFields(limits, false);
    }

    /**
     * Passes each field to a function that sets it.
     *
     * @param setter takes a name and a value, and should replace an existing field of that name
     */
    public void forEach(BiConsumer<String, String> setter) {
        Objects.requireNonNull(setter, "setter");
        asMap().forEach(setter);
    }

    /**
     * Returns the fields by their names, in the order in which they should be written.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> asMap() {
        Map<String, String> fields = new LinkedHashMap<>();
        List<ServiceLimit> rates =
                limits.stream().filter(limit -> limit.figures().areKnown()).toList();
        if (!rates.isEmpty()) {
            fields.put("RateLimit-Policy", list(rates, HttpFields::policy));
            fields.put("RateLimit", list(rates, HttpFields::serviceLimit));
        }
        if (legacy) {
            rates.stream()
                    .filter(limit -> limit.unit().equals(ServiceLimit.REQUESTS))
                    .min(MOST_RESTRICTIVE_FIRST)
                    .ifPresent(limit -> putLegacy(limit, fields));
        }
        maxWait(limits).ifPresent(seconds -> fields.put("Retry-After", Long.toString(seconds)));
        return Collections.unmodifiableMap(fields);
    }

    /** Returns the seconds after which every limit that refuses now may allow the same request; empty for never. */
    static OptionalLong maxWait(List<ServiceLimit> limits) {
        if (limits.stream().anyMatch(limit -> limit.retryAfterSeconds().isEmpty())) {
            return OptionalLong.empty();
        }
        return limits.stream()
                .filter(limit -> !limit.allowed())
                .mapToLong(limit -> limit.retryAfterSeconds().orElseThrow())
                .max();
    }

    private static String list(List<ServiceLimit> limits, Function<ServiceLimit, StructuredItem> item) {
        return limits.stream().map(item).map(StructuredItem::toString).collect(Collectors.joining(", "));
    }

    private static StructuredItem policy(ServiceLimit limit) {
        StructuredItem item =
                new StructuredItem(limit.name()).parameter("q", limit.figures().quota());
        if (!limit.unit().equals(ServiceLimit.REQUESTS)) {
            item.parameter("qu", limit.unit());
        }
        limit.figures().window().ifPresent(seconds -> item.parameter("w", seconds));
        return withPartitionKey(item, limit);
    }

    private static StructuredItem serviceLimit(ServiceLimit limit) {
        StructuredItem item =
                new StructuredItem(limit.name()).parameter("r", limit.figures().available());
        limit.figures().effectiveWindow().ifPresent(seconds -> item.parameter("t", seconds));
        return withPartitionKey(item, limit);
    }

    private static StructuredItem withPartitionKey(StructuredItem item, ServiceLimit limit) {
        byte[] key = limit.partitionKey();
        return key == null ? item : item.parameter("pk", key);
    }

    private static void putLegacy(ServiceLimit limit, Map<String, String> fields) {
        fields.put("X-RateLimit-Limit", Long.toString(limit.figures().quota()));
        fields.put("X-RateLimit-Remaining", Long.toString(limit.figures().available()));
        limit.figures().effectiveWindow().ifPresent(seconds -> fields.put("X-RateLimit-Reset", Long.toString(seconds)));
    }

    /** Returns the fields in the form of an HTTP message, one line for each. */
    @Override
    public String toString() {
        return asMap().entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining("\n"));
    }
}
