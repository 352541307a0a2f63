package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.Scope;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Which requests ask for the same: addresses, and the variants of one. */
class HttpVariantsTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final HttpCache cache = origin.shared().build();

    @Test
    void variantsOfAnAddressAreBounded() throws InterruptedException {
        HttpCache bounded = origin.shared().maximumVariants(2).build();
        origin.says("Cache-Control: max-age=100; Vary: A");
        for (int i = 0; i < 4; i++) {
            origin.get(bounded, "A: " + i % 4).close();
        }
        assertThat(isFresh(bounded, "A: 0")).isTrue();
        assertThat(isFresh(bounded, "A: 1")).isTrue();
        assertThat(isFresh(bounded, "A: 2")).isFalse();
        origin.passes(101);
        origin.get(bounded, "A: 3").close();
        assertThat(isFresh(bounded, "A: 3"))
                .as("the others are of no use any more")
                .isTrue();
        bounded.invalidate(
                Scope.shared(),
                ScriptedOrigin.request("GET", "/a", Fields.none()).target());
        origin.get(bounded, "A: 4").close();
        origin.get(bounded, "A: 5").close();
        assertThat(isFresh(bounded, "A: 5")).isTrue();
    }

    private boolean isFresh(HttpCache any, String fields) {
        return any.fresh(ScriptedOrigin.request("GET", "/a", origin.fields(fields)))
                .isPresent();
    }

    /** RFC 9110, section 7.6.1: else a client could have one variant kept as another. */
    @Test
    void whatConnectionNamesTellsNoVariantsApart() throws InterruptedException {
        origin.says("Cache-Control: max-age=60; Vary: A");
        origin.get(cache, "A: 1; Connection: A").close();
        assertThat(origin.lastAsked().fields().contains("A")).isFalse();
        assertThat(isFresh(cache, "A: 1")).isFalse();
        origin.says("Cache-Control: max-age=60; Vary: A; Connection: Vary");
        origin.get(cache, "A: 2").close();
        assertThat(isFresh(cache, "A: 2")).isFalse();
    }

    /** RFC 9111, section 4.1. */
    @Test
    void requestsThatAreNormalisedAlikeShareAVariant() throws InterruptedException {
        HttpCache normal = origin.shared()
                .normalise(fields -> {
                    if (fields.contains("Boom")) {
                        throw new IllegalStateException("boom");
                    }
                    boolean zips = fields.lines("Accept-Encoding").toString().contains("gzip");
                    Fields rest = fields.without("Accept-Encoding");
                    return zips ? rest.with("Accept-Encoding", "gzip") : rest;
                })
                .build();
        origin.says("Cache-Control: max-age=60; Vary: Accept-Encoding");
        origin.get(normal, "Accept-Encoding: br, gzip").close();
        assertThat(origin.lastAsked().fields().lines("Accept-Encoding")).containsExactly("gzip");
        origin.get(normal, "Accept-Encoding: gzip, zstd").close();
        assertThat(origin.asked).hasSize(1);
        origin.get(normal, "Boom: x; Accept-Encoding: br").close();
        assertThat(origin.lastAsked().fields().lines("Accept-Encoding")).containsExactly("br");
    }

    @Test
    void addressesAreComparedAsUris() throws InterruptedException {
        origin.says("Cache-Control: max-age=60");
        String[] same = {"http://shop.test", "HTTP://Shop.Test:80/", "http://shop.test/#part"};
        String[] others = {"http://shop.test/?", "https://shop.test/", "http://shop.test:8080/", "http://shop.test//"};
        for (String each : same) {
            cache.answer(new RequestHead("GET", URI.create(each), Fields.none()), origin)
                    .close();
        }
        assertThat(origin.asked).hasSize(1);
        for (String each : others) {
            cache.answer(new RequestHead("GET", URI.create(each), Fields.none()), origin)
                    .close();
        }
        assertThat(origin.asked).hasSize(5);
    }
}
