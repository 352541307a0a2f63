package dev.ratelimit.http;

import java.util.Locale;

/** Writer of JSON strings (RFC 8259, section 7), in ASCII, so that the charset of the response does not matter. */
final class JsonText {

    private JsonText() {}

    /** Returns the string in quotes. An unpaired surrogate is escaped like any other character, and so is preserved. */
    static String quoted(String value) {
        StringBuilder text = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
