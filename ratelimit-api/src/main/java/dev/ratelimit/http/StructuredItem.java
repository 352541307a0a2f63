package dev.ratelimit.http;

import java.util.Base64;
import java.util.Locale;
import java.util.Objects;

/**
 * An item of a structured field: a string with parameters, serialized by RFC 9651 (section 4.1.3).
 *
 * <p>A parser reads back the same values, if strings pass {@link #checkString} and integers are at most
 * {@link #MAX_INTEGER}.
 */
final class StructuredItem {

    /** The largest integer: 15 digits (section 3.3.1). */
    static final long MAX_INTEGER = 999_999_999_999_999L;

    private final StringBuilder text = new StringBuilder();

    StructuredItem(String value) {
        appendString(value);
    }

    /** Returns the string if a structured field can contain it: printable ASCII (section 3.3.3). */
    static String checkString(String what, String value) {
        Objects.requireNonNull(value, what);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "the %s goes into a header field and may hold only printable ASCII characters,"
                                + " but the one at index %d is U+%04X",
                        what,
                        i,
                        (int) c));
            }
        }
        return value;
    }

    StructuredItem parameter(String key, long value) {
        text.append(';').append(key).append('=').append(value);
        return this;
    }

    StructuredItem parameter(String key, String value) {
        text.append(';').append(key).append('=');
        appendString(value);
        return this;
    }

    StructuredItem parameter(String key, byte[] value) {
        text.append(';').append(key).append("=:");
        text.append(Base64.getEncoder().encodeToString(value)).append(':');
        return this;
    }

    private void appendString(String value) {
        text.append('"')
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
