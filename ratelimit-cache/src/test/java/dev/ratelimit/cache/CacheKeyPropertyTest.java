package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Keys are as different, and begin with each other, as the lists of their scopes and parts do. */
class CacheKeyPropertyTest {

    /** Which scope a list is of, is its first number. */
    private static final List<Scope> SCOPES =
            List.of(Scope.shared(), Scope.tenant("a"), Scope.principal("a"), Scope.tenant(""));

    private enum Colour {
        RED,
        GREEN
    }

    @Property
    void keysAreEqualIfTheirScopesAndPartsAre(@ForAll("lists") List<Object> one, @ForAll("lists") List<Object> other) {
        assertThat(key(one).equals(key(other))).isEqualTo(plain(one).equals(plain(other)));
        assertThat(key(one).compareTo(key(other)) == 0).isEqualTo(plain(one).equals(plain(other)));
        assertThat(key(one)).isEqualTo(key(new ArrayList<>(one))).hasSameHashCodeAs(key(one));
    }

    @Property
    void keysBeginWithEachOtherIfTheirPartsDo(@ForAll("lists") List<Object> one, @ForAll("lists") List<Object> more) {
        List<Object> longer = new ArrayList<>(one);
        longer.addAll(more.subList(1, more.size()));

        assertThat(key(one).isPrefixOf(key(longer))).isTrue();
        assertThat(key(one).plus(more.subList(1, more.size()).toArray())).isEqualTo(key(longer));
        assertThat(key(one).isPrefixOf(key(more))).isEqualTo(beginsWith(plain(more), plain(one)));
    }

    @Property(tries = 200)
    void joinedPartsWouldBeCaught(@ForAll("shortTexts") String one, @ForAll("shortTexts") String two) {
        List<Object> parts = List.of(one, two);
        List<Object> joined = List.of(one + two, "");

        assertThat(joined(parts)).isEqualTo(joined(joined));
        assertThat(key(within(parts)).equals(key(within(joined)))).isEqualTo(parts.equals(joined));
    }

    @Example
    void aPrincipalOfATenantLiesWithinTheTenant() {
        CacheKey tenant = CacheKey.of(Scope.tenant("acme"));

        assertThat(tenant.isPrefixOf(CacheKey.of(Scope.principal("acme", "ann"), 1)))
                .isTrue();
        assertThat(tenant.isPrefixOf(CacheKey.of(Scope.principal("ann"), 1))).isFalse();
        assertThat(tenant.isPrefixOf(CacheKey.of(Scope.tenant("acme2")))).isFalse();
        assertThat(Scope.principal("acme", "ann")).hasToString("principal").isNotEqualTo(Scope.tenant("acme"));
    }

    @Example
    void partsOfOtherTypesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CacheKey.of(Scope.shared(), "a", 1.5))
                .withMessageContaining("part 2 is a java.lang.Double");
    }

    /** What a careless key would be. */
    private static String joined(List<Object> parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach(text::append);
        return text.toString();
    }

    private static List<Object> within(List<Object> parts) {
        List<Object> list = new ArrayList<>(List.of(0));
        list.addAll(parts);
        return list;
    }

    private static CacheKey key(List<Object> scopeAndParts) {
        return CacheKey.of(
                SCOPES.get((int) scopeAndParts.get(0)),
                scopeAndParts.subList(1, scopeAndParts.size()).toArray());
    }

    /** The scope and parts in a form of which lists compare rightly; independent of bytes and lengths. */
    private static List<Object> plain(List<Object> scopeAndParts) {
        List<Object> plain = new ArrayList<>();
        for (Object part : scopeAndParts) {
            if (part instanceof byte[] octets) {
                plain.add(List.of("octets", new String(octets, StandardCharsets.ISO_8859_1)));
            } else if (part instanceof Integer number) {
                plain.add((long) number);
            } else {
                plain.add(part);
            }
        }
        return plain;
    }

    private static boolean beginsWith(List<Object> list, List<Object> prefix) {
        return list.size() >= prefix.size() && list.subList(0, prefix.size()).equals(prefix);
    }

    @Provide
    Arbitrary<String> shortTexts() {
        return Arbitraries.strings().withChars("ab").ofMaxLength(3);
    }

    @Provide
    Arbitrary<List<Object>> lists() {
        Arbitrary<Object> parts = Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars('a', '\0', '\u00E4', '\uD800', '\uDC00', '?', '\u0010')
                        .ofMaxLength(4)
                        .map(text -> (Object) text),
                Arbitraries.integers().between(-2, 2).map(number -> (Object) number),
                Arbitraries.longs().between(-2, 2).map(number -> (Object) number),
                Arbitraries.of(true, false),
                Arbitraries.of(Colour.values()),
                Arbitraries.of(new UUID(0, 1), new UUID(1, 0)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(3).map(octets -> (Object) octets));
        return Arbitraries.integers()
                .between(0, 3)
                .flatMap(scope -> parts.list().ofMaxSize(3).map(list -> {
                    List<Object> all = new ArrayList<>();
                    all.add(scope);
                    all.addAll(list);
                    return all;
                }));
    }
}
