package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Scope;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Which requests ask for the same: addresses, and the variants of one. */
class HttpVariantsTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final HttpCache cache = origin.shared().build();

    @Test
    void variantsOfAnAddressAreBounded() throws InterruptedException {
        HttpCache bounded = origin.shared().maxVariants(2).build();
        origin.says("Cache-Control: max-age=100; Vary: A; ETag: \"a\"");
        origin.get(bounded, "A: 0").close();
        origin.get(bounded, "A: 0").close();
        for (int i = 1; i < 4; i++) {
            origin.get(bounded, "A: " + i).close();
        }
        assertThat(isFresh(bounded, "A: 0")).as("in use").isTrue();
        assertThat(isFresh(bounded, "A: 2")).isFalse();
        assertThat(isFresh(bounded, "A: 3")).isTrue();
        origin.passes(101);
        for (int i = 0; i < 5; i++) {
            origin.get(bounded, "A: " + i).close();
        }
        assertThat(bounded.statistics().entries())
                .as("validated or not: two, and what they depend on")
                .isEqualTo(3);
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

    @Test
    void originsWithOddNamesAreToldApart() {
        assertThat(key("http://my_host/x")).isNotEqualTo(key("https://my_host/x"));
        assertThat(key("http://MY_host/x")).isEqualTo(key("http://my_host/x"));
    }

    private static CacheKey key(String uri) {
        return RequestHead.primaryKey(Scope.shared(), URI.create(uri));
    }
}
