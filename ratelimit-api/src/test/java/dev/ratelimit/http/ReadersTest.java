package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.http.StructuredFieldParser.Item;
import dev.ratelimit.http.StructuredFieldParser.Token;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The readers that the other tests believe in take what they should, and nothing else. */
class ReadersTest {

    @Test
    void fieldsAreRead() {
        assertThat(StructuredFieldParser.list("")).isEmpty();
        assertThat(StructuredFieldParser.list("  \"a\\\"\\\\b\";q=5; w=60 \t,\ttoken;x;q=1;x=?0"))
                .containsExactly(
                        new Item("a\"\\b", Map.of("q", 5L, "w", 60L)),
                        new Item(new Token("token"), Map.of("x", false, "q", 1L)));
        assertThat(StructuredFieldParser.list("-999999999999999, 123456789012.125, ?1, *a/b:c"))
                .extracting(Item::value)
                .containsExactly(-999_999_999_999_999L, new BigDecimal("123456789012.125"), true, new Token("*a/b:c"));
        assertThat(StructuredFieldParser.list("::, :AQL/:"))
                .extracting(Item::value)
                .containsExactly(List.of(), List.of((byte) 1, (byte) 2, (byte) -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\",", ",\"a\"", "\"a\" \"b\"", "\"a", "\"\\a\"", "\"é\"", "\"\u007f\"", "\"\n\"", "\"a\";",
                        "\"a\";Q=1",
                "\"a\";q=", "\"a\";q =1", "1234567890123456", "1234567890123.1", "1.", "1.2345", "--1", "-", ":A",
                        ":%:",
                "?2", "@1", "(1 2)", "{", "\t1"
            })
    void whatIsNoFieldIsNotRead(String text) {
        assertThatThrownBy(() -> StructuredFieldParser.list(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jsonIsRead() {
        assertThat(JsonReader.read(" {\"a\" : [1, -2.5e3 ,\"\\u00e9\\n\\\"\\\\\\/\"], \"b\":{}}"))
                .isEqualTo(Map.of("a", List.of(BigDecimal.ONE, new BigDecimal("-2.5e3"), "é\n\"\\/"), "b", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "[1 2]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{a:1}",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "01",
                "1.",
                "+1",
                "'a'",
                "1 2",
                "{\"a\":1,\"a\":2}",
                "{ ,}"
            })
    void whatIsNoJsonIsNotRead(String text) {
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
