package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values that are kept after they have ceased to be fresh, so that a loader can validate them (RFC 9111, section 4.3). */
class ValidationTest {

    private final Bench bench = new Bench();
    private final List<@Nullable String> validated = new ArrayList<>();

    private final ConditionalLoader<String> backend = stored -> {
        validated.add(stored);
        return stored == null ? "v" + validated.size() : stored;
    };

    private ResponseCache<String> cache(Duration fresh, Duration validateFor) {
        return bench.builder()
                .freshness(value -> Freshness.of(fresh).validateFor(validateFor))
                .build();
    }

    @Test
    void aLoaderIsGivenWhatTheCacheStillKeepsAndItsAnswerIsFreshAgain() {
        ResponseCache<String> cache = cache(Duration.ofSeconds(10), Duration.ofSeconds(30));
        assertThat(cache.get(bench.key, ReadOptions.any(), backend).value()).isEqualTo("v1");
        bench.seconds(39);

        Cached<String> answer = cache.get(bench.key, ReadOptions.any(), backend);
        assertThat(answer.value()).isEqualTo("v1");
        assertThat(answer.state()).isEqualTo(CacheState.MISS);
        assertThat(answer.age()).isZero();
        assertThat(cache.get(bench.key, ReadOptions.any(), backend).state()).isEqualTo(CacheState.HIT);
        bench.seconds(40);
        assertThat(cache.get(bench.key, ReadOptions.any(), backend).value()).isEqualTo("v3");
        assertThat(validated).containsExactly(null, "v1", null);
    }

    @Test
    void whatIsOnlyKeptForValidationIsGivenToNobody() {
        ResponseCache<String> cache = cache(Duration.ofSeconds(10), Duration.ofHours(1));
        cache.put(bench.key, "v");
        bench.seconds(10);

        assertThat(cache.peek(bench.key)).isEmpty();
        assertThatThrownBy(() -> cache.get(bench.key, () -> {
                    throw new Bench.BackendDown();
                }))
                .isInstanceOf(LoadFailedException.class);
        assertThatThrownBy(() -> cache.get(bench.key, ReadOptions.any().onlyIfCached(), backend))
                .extracting("reason")
                .isEqualTo(LoadFailedException.Reason.NOT_CACHED);
        assertThat(cache.get(bench.key, ReadOptions.any(), backend).value())
                .as("still there after a failure")
                .isEqualTo("v");
    }

    /** The response directive no-cache: RFC 9111, section 5.2.2.4. */
    @Test
    void aValueThatIsNeverFreshIsValidatedEachTime() {
        ResponseCache<String> cache = cache(Duration.ZERO, Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            Cached<String> answer = cache.get(bench.key, ReadOptions.any(), backend);
            assertThat(answer.value()).isEqualTo("v1");
            assertThat(answer.isKept()).isTrue();
        }
        assertThat(validated).containsExactly(null, "v1", "v1");
    }

    @Test
    void aFreshValueCanBeValidatedForACallerWhoWantsAYoungerOne() {
        ResponseCache<String> cache = cache(Duration.ofSeconds(10), Duration.ZERO);
        cache.put(bench.key, "v");
        bench.seconds(2);

        ReadOptions young = ReadOptions.any().maxAge(Duration.ofSeconds(1));
        assertThat(cache.get(bench.key, young, backend).age()).isZero();
        assertThat(validated).containsExactly("v");
    }

    @Test
    void aStageCanValidateToo() {
        ResponseCache<String> cache = cache(Duration.ofSeconds(10), Duration.ofSeconds(30));
        cache.put(bench.key, "v");
        bench.seconds(10);

        CompletableFuture<Cached<String>> answer = cache.getAsync(
                        bench.key, ReadOptions.any(), stored -> CompletableFuture.completedFuture(stored + "!"))
                .toCompletableFuture();
        assertThat(answer.join().value()).isEqualTo("v!");
    }

    @Test
    void theValueOfTheRequestsVariantIsTheOneToValidate() {
        ResponseCache<String> cache = cache(Duration.ofSeconds(10), Duration.ofSeconds(30));
        for (String language : List.of("en", "de")) {
            assertThat(cache.get(key(language), ReadOptions.any(), () -> language)
                            .value())
                    .isEqualTo(language);
        }
        bench.seconds(10);

        assertThat(cache.get(key("de"), ReadOptions.any(), backend).value()).isEqualTo("de");
        assertThat(cache.getAsync(key("en"), ReadOptions.any(), CompletableFuture::completedFuture)
                        .toCompletableFuture()
                        .join()
                        .value())
                .isEqualTo("en");
        assertThat(validated).containsExactly("de");
    }

    private VaryingKey<String> key(String language) {
        return new VaryingKey<>() {
            @Override
            public CacheKey primary() {
                return bench.key;
            }

            @Override
            public CacheKey variant(List<String> names) {
                return bench.key.plus(language);
            }

            @Override
            public Collection<String> names(String value) {
                return List.of("language");
            }
        };
    }

    @Test
    void theTimeForValidationIsZeroOrMore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Freshness.of(Duration.ZERO).validateFor(Duration.ofNanos(-1)))
                .withMessageContaining("validateFor");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadOptions.any().minFresh(Duration.ofNanos(-1)))
                .withMessageContaining("minFresh");
    }
}
