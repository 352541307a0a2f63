package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields on their way into a cache and out of it, and the keys of variants. */
class CachedFieldsTest {

    private static final CacheKey PRIMARY = CacheKey.of(Scope.shared(), "GET", "/a");

    private static final Callable<String> BROKEN = () -> {
        throw new IllegalStateException("down");
    };

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        RFC 9111 3.1 | Connection: close
        RFC 9111 3.1 | Keep-Alive: timeout=5
        RFC 9111 3.1 | Proxy-Connection: x
        RFC 9111 3.1 | TE: trailers
        RFC 9111 3.1 | Transfer-Encoding: chunked
        RFC 9111 3.1 | Upgrade: h2c
        RFC 9111 3.1 | Proxy-Authenticate: Basic
        RFC 9111 3.1 | Proxy-Authentication-Info: x
        RFC 9111 3.1 | Proxy-Authorization: x
        RFC 9111 7.3 | Set-Cookie: a=b
        one client's | Retry-After: 5
        one client's | ratelimit: "a"
        one client's | RateLimit-Policy: "a"
        one client's | X-RateLimit-Remaining: 5
        RFC 9111 5.1 | Age: 5
        """)
    void isNotKept(String section, String line) {
        Fields kept = CachedFields.kept(TestFields.parse(line).with("Content-Type", "a/b"));

        assertThat(kept).as(section).isEqualTo(Fields.none().with("Content-Type", "a/b"));
    }

    @Test
    void whatConnectionNamesIsNotKept() {
        Fields response = TestFields.parse("Connection: X-Hop, close; Connection: x-other; X-Hop: 1; X-Other: 2; X: 3");

        assertThat(CachedFields.kept(response)).isEqualTo(TestFields.parse("X: 3"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HIT       | "edge"; hit
        STALE     | "edge"; hit; detail=stale
        NEGATIVE  | "edge"; hit; detail=negative
        MISS      | "edge"; fwd=miss
        COALESCED | "edge"; fwd=miss; collapsed
        BYPASS    | "edge"; fwd=bypass
        """)
    void statusByRfc9211(CacheState state, String member) {
        assertThat(CachedFields.status("edge", state)).isEqualTo(member);
    }

    @Test
    void namesThatNoFieldCouldHoldAreRefused() {
        assertThat(CachedFields.status("a\"b\\", CacheState.HIT)).isEqualTo("\"a\\\"b\\\\\"; hit");
        assertThatIllegalArgumentException().isThrownBy(() -> CachedFields.status("a\nb", CacheState.HIT));
        assertThatIllegalArgumentException().isThrownBy(() -> CachedFields.status("", CacheState.HIT));
    }

    @Test
    void answersTellTheirAgeInWholeSecondsAndAddToTheStatusOfOtherCaches() {
        ManualTime time = new ManualTime();
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .freshness(value -> value.equals("private")
                        ? Freshness.uncacheable()
                        : Freshness.of(Duration.ofSeconds(10)).staleIfError(Duration.ofSeconds(10)))
                .build();
        Fields kept = TestFields.parse("Cache-Status: \"far\"@ fwd=miss");

        Fields miss = CachedFields.answered(kept, cache.get(PRIMARY, () -> "v"), "edge");
        assertThat(miss.contains("Age")).isFalse();
        assertThat(miss.lines("Cache-Status"))
                .containsExactly("\"far\"@ fwd=miss", "\"edge\"; fwd=miss; stored; ttl=10");
        time.advance(Duration.ofMillis(2_999));
        Fields hit = CachedFields.answered(kept, cache.get(PRIMARY, () -> "v"), "edge");
        assertThat(hit.lines("Age")).containsExactly("2");
        assertThat(hit.lines("Cache-Status")).containsExactly("\"far\"@ fwd=miss", "\"edge\"; hit; ttl=7");
        time.advance(Duration.ofMillis(7_501));
        Fields stale = CachedFields.answered(Fields.none(), cache.get(PRIMARY, BROKEN), "edge");
        assertThat(stale.lines("Age")).containsExactly("10");
        assertThat(stale.lines("Cache-Status")).containsExactly("\"edge\"; hit; detail=stale; ttl=-1");
        Fields notKept = CachedFields.answered(Fields.none(), cache.get(PRIMARY.plus(1), () -> "private"), "edge");
        assertThat(notKept.lines("Cache-Status")).containsExactly("\"edge\"; fwd=miss");
    }

    @ParameterizedTest(name = "RFC 9111 4.1: {0} | {1} | {2}")
    @CsvSource(delimiter = '|', textBlock = """
        Vary: Accept         | Accept: a            | Accept: a            | same
        Vary: Accept         | Accept: a            | ACCEPT: a            | same
        Vary: Accept         | Accept: a            | Accept: b            | other
        Vary: Accept         | Accept: a            |                      | other
        Vary: Accept         | Accept:              |                      | other
        Vary: Accept         | Accept: a; X: 1      | Accept: a; X: 2      | same
        Vary: Accept, X      | Accept: a; X: 1      | Accept: a; X: 2      | other
        Vary: Accept; Vary: X | Accept: a; X: 1     | Accept: a; X: 2      | other
        Vary: A, B           | A: 1; B: 2           | A: 2; B: 1           | other
        Vary: A, B           | A: 12                | A: 1; B: 2           | other
        """)
    void variants(String vary, String one, String other, String expected) {
        Vary names = Vary.of(TestFields.parse(vary));

        boolean same = names.secondaryKey(PRIMARY, TestFields.parse(one))
                .equals(names.secondaryKey(PRIMARY, TestFields.parse(other)));
        assertThat(same).isEqualTo(expected.equals("same"));
        assertThat(PRIMARY.isPrefixOf(names.secondaryKey(PRIMARY, TestFields.parse(one))))
                .isTrue();
    }
}
