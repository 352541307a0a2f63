package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.Vary;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that depend on more than their address: nobody gets another one's variant, also if he has waited for it. */
@Timeout(60)
class VariantsTest {

    private static final CacheKey PRIMARY = CacheKey.of(Scope.shared(), "GET", "/a");
    private static final String[] LANGUAGES = {"en", "de", "fr"};

    private record Response(String body, Fields fields) {}

    private final ManualTime time = new ManualTime();
    private final List<CompletableFuture<Response>> asked = new ArrayList<>();
    private final ResponseCache<Response> cache = builder().build();

    private ResponseCacheBuilder<Response> builder() {
        return ResponseCache.<Response>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .tags(response -> List.of("any"))
                .freshness(response ->
                        "*".equals(vary(response)) ? Freshness.uncacheable() : Freshness.of(Duration.ofSeconds(10)));
    }

    @Test
    void whoWaitsForAnAddressGetsItsVariantAndNoOther() {
        CompletableFuture<Cached<Response>> english = ask("en");
        CompletableFuture<Cached<Response>> german = ask("de");
        CompletableFuture<Cached<Response>> alsoEnglish = ask("en");
        CompletableFuture<Cached<Response>> alsoGerman = ask("de");
        assertThat(asked).hasSize(1);

        answer(0, "hello", "Accept-Language");
        assertThat(english.join().state()).isEqualTo(CacheState.MISS);
        assertThat(alsoEnglish.join().value().body()).isEqualTo("hello");
        assertThat(german).isNotDone();
        assertThat(asked).as("one for all who speak German").hasSize(2);
        answer(1, "hallo", "Accept-Language");
        assertThat(german.join().value().body()).isEqualTo("hallo");
        assertThat(List.of(german.join().state(), alsoGerman.join().state()))
                .containsExactlyInAnyOrder(CacheState.MISS, CacheState.COALESCED);

        assertThat(ask("en").join().value().body()).isEqualTo("hello");
        assertThat(ask("de").join().state()).isEqualTo(CacheState.HIT);
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatDependsOnNothingElseIsSharedByAll() {
        CompletableFuture<Cached<Response>> english = ask("en");
        CompletableFuture<Cached<Response>> german = ask("de");
        answer(0, "42", "");

        assertThat(english.join().value().body()).isEqualTo("42");
        assertThat(german.join().state()).isEqualTo(CacheState.COALESCED);
        assertThat(ask("fr").join().state()).isEqualTo(CacheState.HIT);
    }

    @Test
    void aPeekSeesItsOwnVariantOnlyAndLoadsNothing() {
        assertThat(cache.peek(key("en", ""))).isEmpty();
        CompletableFuture<?> english = ask("en");
        answer(0, "hello", "Accept-Language");
        assertThat(english).isCompleted();

        assertThat(cache.peek(key("en", "")).orElseThrow().value().body()).isEqualTo("hello");
        assertThat(cache.peek(key("en", "brief"))).as("not varied by").isPresent();
        assertThat(cache.peek(key("de", ""))).isEmpty();
        time.advance(Duration.ofSeconds(10));
        assertThat(cache.peek(key("en", ""))).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aPeekSeesWhatDependsOnNothingElse() {
        CompletableFuture<?> english = ask("en");
        answer(0, "42", "");
        assertThat(english).isCompleted();
        assertThat(cache.peek(key("de", "")).orElseThrow().state()).isEqualTo(CacheState.HIT);
    }

    @Test
    void onceTheNamesAreKnownVariantsAreLoadedSideBySide() {
        CompletableFuture<?> unused = ask("en");
        answer(0, "hello", "Accept-Language");

        List<CompletableFuture<Cached<Response>>> others = List.of(ask("de"), ask("fr"), ask("de"));
        assertThat(asked).hasSize(3);
        answer(2, "bonjour", "Accept-Language");
        assertThat(others.get(1).join().value().body()).isEqualTo("bonjour");
        assertThat(others.get(0)).isNotDone();
    }

    @Test
    void namesThatComeLaterAreAddedAndNoneIsForgotten() {
        CompletableFuture<?> unused = ask("en", "brief");
        answer(0, "hello", "Accept-Language");
        time.advance(Duration.ofSeconds(9));
        CompletableFuture<Cached<Response>> full = ask("de", "full");
        CompletableFuture<Cached<Response>> brief = ask("de", "brief");
        answer(1, "guten Tag", "Prefer");

        assertThat(full).isCompleted();
        assertThat(brief).isNotDone();
        answer(2, "Tag", "Prefer");
        assertThat(brief.join().value().body()).isEqualTo("Tag");
        assertThat(ask("de", "full").join().value().body()).isEqualTo("guten Tag");
        assertThat(ask("fr", "full")).as("neither language nor form").isNotDone();
    }

    @Test
    void whatDependsOnAnythingOrOnTooMuchIsForItsCallerOnly() {
        String many = IntStream.range(0, 40).mapToObj(i -> "X-" + i).collect(Collectors.joining(","));
        for (String vary : List.of("*", many)) {
            cache.invalidateAll();
            asked.clear();
            CompletableFuture<Cached<Response>> first = ask("en");
            CompletableFuture<Cached<Response>> second = ask("en");
            answer(0, "mine", vary);

            assertThat(first.join().isKept()).isFalse();
            assertThat(second).isNotDone();
            answer(1, "yours", vary);
            assertThat(second.join().state()).isEqualTo(CacheState.MISS);
        }
    }

    @Test
    void anInvalidationWhileTheNamesAreLearntDiscardsTheVariant() {
        List<Runnable> ways = List.of(
                () -> cache.invalidate(PRIMARY),
                () -> cache.invalidatePrefix(PRIMARY),
                () -> cache.invalidateTag("any"),
                cache::invalidateAll);
        for (Runnable way : ways) {
            asked.clear();
            CompletableFuture<Cached<Response>> before = ask("en");
            way.run();
            answer(0, "old", "Accept-Language");

            assertThat(before.join().isKept()).isFalse();
            CompletableFuture<Cached<Response>> after = ask("en");
            answer(1, "new", "Accept-Language");
            assertThat(after.join().value().body()).isEqualTo("new");
            way.run();
            assertThat(ask("en")).as("all variants are forgotten").isNotDone();
            cache.invalidateAll();
        }
    }

    @Test
    void variantsOfBeforeAnInvalidationDoNotComeBackWithTheirNames() {
        CompletableFuture<?> unused = ask("en");
        answer(0, "hello", "Accept-Language");
        CompletableFuture<?> german = ask("de");
        CompletableFuture<Cached<Response>> french = ask("fr");
        answer(1, "hallo", "Accept-Language");
        cache.invalidate(PRIMARY);
        answer(2, "bonjour", "Accept-Language, Prefer");
        CompletableFuture<?> english = ask("en");
        answer(3, "hello again", "Accept-Language");

        assertThat(german).isCompleted();
        assertThat(english).isCompleted();
        assertThat(french.join().value().body()).isEqualTo("bonjour");
        assertThat(ask("de")).isNotDone();
        assertThat(ask("fr")).isNotDone();
        assertThat(ask("en").join().value().body()).isEqualTo("hello again");
    }

    @Test
    void aFailureOfOneVariantLeavesTheOthersAndTheirNames() {
        CompletableFuture<?> unused = ask("en");
        answer(0, "hello", "Accept-Language");
        CompletableFuture<Cached<Response>> german = ask("de");
        asked.get(1).completeExceptionally(new Bench.BackendDown());

        assertThat(german).isCompletedExceptionally();
        assertThat(ask("en").join().state()).isEqualTo(CacheState.HIT);
    }

    @Test
    void aVariantThatIsTooLargeIsNotShared() {
        ResponseCache<Response> small =
                builder().maxBytes(10_000, response -> response.body().length()).build();
        CompletableFuture<Cached<Response>> english = ask(small, "en", "");
        CompletableFuture<Cached<Response>> german = ask(small, "de", "");
        answer(0, "x".repeat(20_000), "Accept-Language");

        assertThat(english).isCompleted();
        assertThat(german).isNotDone();
        answer(1, "hallo", "Accept-Language");
        assertThat(german.join().value().body()).isEqualTo("hallo");
    }

    @Test
    void aKeyThatLeavesItsPrimaryOneFailsNoRequest() {
        VaryingKey<Response> wrong = new VaryingKey<>() {
            @Override
            public CacheKey primary() {
                return PRIMARY;
            }

            @Override
            public CacheKey variant(List<String> names) {
                return CacheKey.of(Scope.shared(), "elsewhere");
            }

            @Override
            public Collection<String> names(Response value) {
                return List.of("x");
            }
        };
        Cached<Response> answer = cache.get(wrong, ReadOptions.any(), () -> response("v", ""));

        assertThat(answer.value().body()).isEqualTo("v");
        assertThat(answer.isKept()).isFalse();
        assertThat(cache.statistics().cacheFailures()).isPositive();
    }

    @Test
    void threadsThatRaceGetTheirVariantAndATwinThatGoesByTheAddressOnlyIsCaught() throws Exception {
        assertThat(wrongVariants((cache, language) ->
                        cache.get(key(language, ""), ReadOptions.any(), () -> response(language, "Accept-Language"))))
                .isZero();
        assertThat(wrongVariants((cache, language) ->
                        cache.get(PRIMARY, ReadOptions.any(), () -> response(language, "Accept-Language"))))
                .isPositive();
    }

    private int wrongVariants(BiFunction<ResponseCache<Response>, String, Cached<Response>> way) throws Exception {
        ResponseCache<Response> raced = ResponseCache.<Response>builder("raced").build();
        AtomicInteger wrong = new AtomicInteger();
        List<FutureTask<Void>> callers = new ArrayList<>();
        for (int i = 0; i < LANGUAGES.length; i++) {
            String language = LANGUAGES[i];
            FutureTask<Void> caller = new FutureTask<>(() -> {
                for (int round = 0; round < 3_000; round++) {
                    if (!way.apply(raced, language).value().body().equals(language)) {
                        wrong.incrementAndGet();
                    }
                    if (round % 3 == 0) {
                        raced.invalidate(PRIMARY);
                    }
                }
                return null;
            });
            callers.add(caller);
            Thread thread = new Thread(caller);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> caller : callers) {
            caller.get();
        }
        return wrong.get();
    }

    private CompletableFuture<Cached<Response>> ask(String language) {
        return ask(cache, language, "");
    }

    private CompletableFuture<Cached<Response>> ask(String language, String prefer) {
        return ask(cache, language, prefer);
    }

    private CompletableFuture<Cached<Response>> ask(ResponseCache<Response> from, String language, String prefer) {
        return from.getAsync(key(language, prefer), ReadOptions.any(), () -> {
                    CompletableFuture<Response> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return answer;
                })
                .toCompletableFuture();
    }

    private static VaryingKey<Response> key(String language, String prefer) {
        Fields request = Fields.none().with("Accept-Language", language).with("Prefer", prefer);
        return Vary.key(PRIMARY, request, Response::fields);
    }

    private void answer(int number, String body, String vary) {
        asked.get(number).complete(response(body, vary));
    }

    private static Response response(String body, String vary) {
        return new Response(body, vary.isEmpty() ? Fields.none() : Fields.none().with("Vary", vary));
    }

    private static String vary(Response response) {
        return String.join(",", response.fields().lines("Vary"));
    }
}
