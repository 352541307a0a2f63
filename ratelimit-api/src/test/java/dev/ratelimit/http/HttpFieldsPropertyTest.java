package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.http.StructuredFieldParser.Item;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Whatever is written is read back as it was meant by a parser that knows only RFC 9651. */
class HttpFieldsPropertyTest {

    private static final long MAX = 999_999_999_999_999L;
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

    @Property(tries = 5_000)
    void namesUnitsAndKeysAreReadBack(
            @ForAll("printable") String name, @ForAll("printable") String unit, @ForAll byte[] key) {
        Map<String, String> fields = HttpFields.of(ServiceLimit.of(name, Decision.allowed(Rate.perSecond(5), 4, 1))
                        .unit(unit)
                        .partitionKey(key))
                .asMap();
        Item policy = items(fields, "RateLimit-Policy").get(0);
        Item limit = items(fields, "RateLimit").get(0);
        List<Byte> bytes = new ArrayList<>();
        for (byte b : key) {
            bytes.add(b);
        }
        assertThat(policy.value()).isEqualTo(name);
        assertThat(limit.value()).isEqualTo(name);
        assertThat(policy.parameters())
                .isEqualTo(
                        unit.equals("requests")
                                ? Map.of("q", 5L, "w", 1L, "pk", bytes)
                                : Map.of("q", 5L, "qu", unit, "w", 1L, "pk", bytes));
        assertThat(limit.parameters()).isEqualTo(Map.of("r", 4L, "t", 1L, "pk", bytes));
    }

    @Property(tries = 5_000)
    void anyStringIsWrittenOrRefused(@ForAll String name) {
        Decision decision = Decision.allowed(Rate.perSecond(5), 4, 1);
        if (!name.isEmpty() && name.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            assertThat(items(HttpFields.of(name, decision).asMap(), "RateLimit")
                            .get(0)
                            .value())
                    .isEqualTo(name);
        } else {
            assertThatThrownBy(() -> HttpFields.of(name, decision)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 20_000)
    void figuresOfAnyDecision(@ForAll("decisions") Decision decision) {
        Rate rate = decision.rate().orElseThrow();
        Map<String, String> fields = HttpFields.of("any", decision).asMap();
        Map<String, Object> policy = items(fields, "RateLimit-Policy").get(0).parameters();
        Map<String, Object> limit = items(fields, "RateLimit").get(0).parameters();

        assertThat(policy.get("q")).isEqualTo(Math.min(rate.capacity(), MAX));
        assertIsTheTimeToRegain(Math.min(rate.capacity(), MAX), rate, policy.get("w"));

        long retryAfterNanos = decision.retryAfterNanos();
        if (!decision.allowed() && retryAfterNanos != Long.MAX_VALUE) {
            long seconds = Long.parseLong(fields.get("Retry-After"));
            assertThat(seconds).isPositive();
            assertThat(Duration.ofSeconds(seconds)).isGreaterThanOrEqualTo(Duration.ofNanos(retryAfterNanos));
            assertThat(Duration.ofSeconds(seconds - 1)).isLessThan(Duration.ofNanos(Math.max(1, retryAfterNanos)));
            assertThat(limit).isEqualTo(Map.of("r", 0L, "t", seconds));
        } else {
            assertThat(fields).doesNotContainKey("Retry-After");
            long available = Math.min(decision.remaining(), MAX);
            assertThat(limit.get("r")).isEqualTo(available);
            if (available > 0) {
                assertIsTheTimeToRegain(available, rate, limit.get("t"));
            }
        }

        assertThat(fields.get("X-RateLimit-Limit")).isEqualTo(String.valueOf(policy.get("q")));
        assertThat(fields.get("X-RateLimit-Remaining")).isEqualTo(String.valueOf(limit.get("r")));
        assertThat(fields.get("X-RateLimit-Reset"))
                .isEqualTo(limit.containsKey("t") ? String.valueOf(limit.get("t")) : null);
    }

    @Property(tries = 5_000)
    void severalLimitsKeepTheirOrderAndTheMostRestrictiveIsRepeated(
            @ForAll @Size(min = 1, max = 5) List<@From("decisions") Decision> decisions) {
        List<ServiceLimit> limits = new ArrayList<>();
        for (Decision decision : decisions) {
            limits.add(ServiceLimit.of("limit " + limits.size(), decision));
        }
        Map<String, String> fields = HttpFields.of(limits).asMap();
        List<Item> items = items(fields, "RateLimit");
        assertThat(items).extracting(Item::value).isEqualTo(names(limits));
        assertThat(items(fields, "RateLimit-Policy")).extracting(Item::value).isEqualTo(names(limits));

        long least =
                items.stream().mapToLong(item -> figure(item, "r", -1)).min().orElseThrow();
        long longest = items.stream()
                .filter(item -> figure(item, "r", -1) == least)
                .mapToLong(item -> figure(item, "t", Long.MAX_VALUE))
                .max()
                .orElseThrow();
        assertThat(fields.get("X-RateLimit-Remaining")).isEqualTo(Long.toString(least));
        assertThat(fields.get("X-RateLimit-Reset"))
                .isEqualTo(longest == Long.MAX_VALUE ? null : Long.toString(longest));

        boolean never = decisions.stream().anyMatch(decision -> decision.retryAfterNanos() == Long.MAX_VALUE);
        if (never || decisions.stream().allMatch(Decision::allowed)) {
            assertThat(fields).doesNotContainKey("Retry-After");
        } else {
            long wait = Long.parseLong(fields.get("Retry-After"));
            assertThat(decisions)
                    .allSatisfy(decision ->
                            assertThat(Duration.ofSeconds(wait)).isGreaterThanOrEqualTo(decision.retryAfter()));
        }
    }

    private static List<Item> items(Map<String, String> fields, String name) {
        return StructuredFieldParser.list(Objects.requireNonNull(fields.get(name), name));
    }

    private static long figure(Item item, String key, long otherwise) {
        return (Long) item.parameters().getOrDefault(key, otherwise);
    }

    private static List<Object> names(List<ServiceLimit> limits) {
        return limits.stream().<Object>map(ServiceLimit::name).toList();
    }

    /** The least whole number of seconds in which so many permits are regained; none if it has more than 15 digits. */
    private static void assertIsTheTimeToRegain(long permits, Rate rate, @Nullable Object seconds) {
        BigInteger wanted = BigInteger.valueOf(permits)
                .multiply(BigInteger.valueOf(rate.period().toNanos()));
        BigInteger perSecond = BigInteger.valueOf(rate.permits()).multiply(NANOS_PER_SECOND);
        if (seconds == null) {
            assertThat(perSecond.multiply(BigInteger.valueOf(MAX))).isLessThan(wanted);
        } else {
            BigInteger time = BigInteger.valueOf((Long) seconds);
            assertThat(perSecond.multiply(time)).isGreaterThanOrEqualTo(wanted);
            assertThat(perSecond.multiply(time.subtract(BigInteger.ONE))).isLessThan(wanted);
        }
    }

    @Provide
    Arbitrary<String> printable() {
        return Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(20);
    }

    @Provide
    Arbitrary<Decision> decisions() {
        Arbitrary<Long> positive = Arbitraries.longs().between(1, Long.MAX_VALUE);
        Arbitrary<Rate> rates = Combinators.combine(positive, positive, positive)
                .as((permits, period, capacity) ->
                        new Rate(Math.min(permits, period), Duration.ofNanos(period), capacity));
        Arbitrary<Long> nanos = Arbitraries.longs().between(0, Long.MAX_VALUE - 1);
        return Combinators.combine(rates, Arbitraries.integers().between(0, 3), positive, nanos, nanos)
                .as((rate, kind, some, wait, reset) -> {
                    long remaining = some % 3 == 0 ? 0 : Math.min(some, rate.capacity());
                    return switch (kind) {
                        case 0 -> Decision.allowed(rate, remaining, reset);
                        case 1 -> Decision.exceedsCapacity(rate, remaining, reset);
                        case 2 -> Decision.refused(Decision.Reason.OVER_LIMIT, rate, remaining, wait, reset);
                        default -> Decision.refused(Decision.Reason.SATURATED, rate, rate.capacity(), wait, 0);
                    };
                });
    }
}
