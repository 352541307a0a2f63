package dev.ratelimit.quota.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CounterTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant EXPIRES = START.plus(Duration.ofDays(32));

    private static Counter counter(String quota, String subject) {
        return Counter.of(quota, subject, START, EXPIRES);
    }

    @ParameterizedTest
    @CsvSource({"ada, ada", "a/b, a%2Fb", "'a b', a%20b", "ä, %C3%A4", "€, %E2%82%AC", "\uD83D\uDE00, %F0%9F%98%80"})
    void namesArePrintableAscii(String subject, String escaped) {
        Counter counter = counter("calls", subject);
        assertThat(counter.subject()).isEqualTo(escaped);
        assertThat(counter.name()).isEqualTo("calls/" + escaped + "/1767225600");
    }

    @Test
    void halfAPairOfSurrogatesIsACharacterToo() {
        assertThat(counter("q", "\uD800").subject()).isEqualTo("%ED%A0%80");
        assertThat(counter("q", "\uDC00")).isNotEqualTo(counter("q", "\uD800")).isNotEqualTo(counter("q", "?"));
        List<String> keys =
                List.of("\uD800", "\uDFFF", "a\uDC00\uD800b", "€\uD83D\uDE00\uD83D", "\uFFFD", "\uD7FF\uE000");
        for (String key : keys) {
            assertThat(CounterName.parse(counter("q", key).name()).key()).isEqualTo(key);
        }
    }

    @Property(tries = 2_000)
    void namesAreAsDifferentAsSubjects(
            @ForAll @StringLength(min = 1, max = 25) String one,
            @ForAll @StringLength(min = 1, max = 25) String other) {
        Counter counter = counter("q", one);
        assertThat(counter.equals(counter("q", other))).isEqualTo(one.equals(other));
        assertThat(counter.name()).matches("[A-Za-z0-9._%/-]+").hasSizeLessThanOrEqualTo(Counter.MAX_NAME_LENGTH);
        assertThat(counter("q", counter.subject()).equals(counter))
                .isEqualTo(counter.subject().equals(one));
    }

    @Test
    void windowsAndQuotasTellCountersApart() {
        assertThat(counter("a", "b")).isNotEqualTo(counter("b", "a"));
        assertThat(Counter.of("a", "b", START.plusSeconds(1), EXPIRES)).isNotEqualTo(counter("a", "b"));
        assertThat(Counter.of("a", "b", START, EXPIRES.plusSeconds(1)))
                .as("when it expires is not part of what it is")
                .isEqualTo(counter("a", "b"))
                .hasSameHashCodeAs(counter("a", "b"));
    }

    @Test
    void aNameIsNeverLongerThanSaid() {
        String subject = "\u0000".repeat(Counter.MAX_SUBJECT_LENGTH);
        Counter longest = Counter.of("q".repeat(64), subject, Instant.ofEpochSecond(-31_557_014_135_596_799L), EXPIRES);
        assertThat(longest.name().getBytes(StandardCharsets.US_ASCII))
                .hasSizeLessThanOrEqualTo(Counter.MAX_NAME_LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "ä", "a\n"})
    void quotasHavePlainNames(String quota) {
        assertThat(Counter.isQuotaName(quota)).isFalse();
        assertThatThrownBy(() -> counter(quota, "ada")).hasMessageContaining("1 to 64 of A-Z a-z 0-9 . _ -");
    }

    @Test
    void aWindowOfAnotherLengthIsAnotherCounter() {
        Counter day = Counter.window("calls", "1d", START, EXPIRES).of("ada");
        Counter hour = Counter.window("calls", "1h", START, EXPIRES).of("ada");
        assertThat(day.name()).isEqualTo("calls/ada/1d.1767225600");
        assertThat(day.window()).isEqualTo("1d.1767225600");
        assertThat(hour).isNotEqualTo(day).isNotEqualTo(counter("calls", "ada"));
        assertThatThrownBy(() -> Counter.window("calls", "1/d", START, EXPIRES)).hasMessageContaining("a-z 0-9");
        assertThatThrownBy(() -> Counter.window("calls", "12345678", START, EXPIRES))
                .hasMessageContaining("up to 7");
        assertThatThrownBy(() -> Counter.window("q", "1234567", Instant.parse("-9999-01-01T00:00:00Z"), EXPIRES))
                .hasMessageContaining("years");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "€", "/", "a€", "aa€", "aaa€", "\uD83D\uDE00"})
    void ofLongSubjectsTheNameHasTheBeginningAndAHash(String part) {
        String longest = part.repeat(400);
        Counter counter = counter("q", longest);
        assertThat(counter.subject()).matches("([A-Za-z0-9._-]|%[0-9A-F]{2})+%-[0-9a-f]{64}");
        assertThat(counter.subject().indexOf("%-")).isBetween(126, 128);
        assertThat(counter).isNotEqualTo(counter("q", longest + "a")).isEqualTo(counter("q", longest));
        assertThat(counter("q", counter.subject())).isNotEqualTo(counter);
        CounterName name = CounterName.parse(counter.name());
        assertThat(name.shortened()).isTrue();
        assertThat(name.quota()).isEqualTo("q");
    }

    @Test
    void aSubjectOf255BytesStandsAsItIs() {
        assertThat(counter("q", "a".repeat(255)).subject()).isEqualTo("a".repeat(255));
        assertThat(counter("q", "€".repeat(85)).subject()).isEqualTo("%E2%82%AC".repeat(85));
    }

    @Property(tries = 1_000)
    void namesSayWhatTheyAreMadeOf(@ForAll @StringLength(min = 1, max = 25) String key) {
        String text = new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(CounterName.parse(
                        Counter.window("calls", "15m", START, EXPIRES).of(text).name()))
                .isEqualTo(new CounterName("calls", text, false, "15m", START));
        assertThat(CounterName.parse(counter("calls", text).name()))
                .isEqualTo(new CounterName("calls", text, false, "", START));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada", "a/b", "€", "%"})
    void aCounterIsFoundByItsName(String key) {
        Counter counter = Counter.window("calls", "1mo", START, EXPIRES).of(key.repeat(300));
        Counter parsed = Counter.parse(counter.name(), EXPIRES);
        assertThat(parsed).isEqualTo(counter);
        assertThat(parsed.subject()).isEqualTo(counter.subject());
        assertThat(parsed.start()).isEqualTo(START);
        assertThat(parsed.window()).isEqualTo("1mo.1767225600");
        assertThat(Counter.parse(counter("q", key).name(), EXPIRES)).isEqualTo(counter("q", key));
    }

    @Test
    void aQueryIsOfOneQuotaAndStartsInASpan() {
        Counter counter = Counter.window("calls", "1mo", START, EXPIRES).of("ada");
        assertThat(new CounterQuery("calls", "", START, START.plusSeconds(1), 1).matches(counter))
                .isTrue();
        assertThat(new CounterQuery("calls", "1mo", START, START.plusSeconds(1), 1).matches(counter))
                .isTrue();
        assertThat(new CounterQuery("calls", "1m", START, START.plusSeconds(1), 1).matches(counter))
                .isFalse();
        assertThat(new CounterQuery("call", "", START, START.plusSeconds(1), 1).matches(counter))
                .isFalse();
        assertThat(new CounterQuery("calls", "", START.minusSeconds(9), START, 1).matches(counter))
                .isFalse();
        assertThatThrownBy(() -> new CounterQuery("a b", "", START, START, 1)).hasMessageContaining("quota");
        assertThatThrownBy(() -> new CounterQuery("a", "", START, START, 0)).hasMessageContaining("1 to 10000");
        assertThatThrownBy(() -> new ListedCounter(counter, 0)).hasMessageContaining("more than zero");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "a/b", "a/b/", "a/b/c", "a/b/1d.", "a/%zz/1", "a/b/1/2", "/b/1", "a/b/99999999999999999"
            })
    void whatIsNoNameIsSaid(String text) {
        assertThatThrownBy(() -> CounterName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quota/key/window");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> counter("q".repeat(65), "ada")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> counter("q", "")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> Counter.of("q", "a", START.plusNanos(1), EXPIRES))
                .hasMessageContaining("whole second");
        assertThatThrownBy(() -> Counter.of("q", "a", START, START)).hasMessageContaining("after start");
    }
}
