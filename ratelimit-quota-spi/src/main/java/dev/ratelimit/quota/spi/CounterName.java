package dev.ratelimit.quota.spi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A counter name contains the parts of the name of a {@link Counter}, for people and programs that read a store
 * directly.
 *
 * <p>Immutable and thread-safe.
 *
 * @param quota the name of the quota
 * @param key the key that callers gave to the service; only its beginning if {@code shortened}
 * @param shortened whether the key had more than 255 bytes, so that the name contains its beginning and its hash
 * @param length the length of the windows, such as {@code 15m}, {@code 1d} or {@code 1mo}; empty if the name has none
 * @param start the instant at which the window starts
 */
public record CounterName(String quota, String key, boolean shortened, String length, Instant start) {

    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9._-]{1,64})/((?:[A-Za-z0-9._-]|%[0-9A-F]{2})+)"
            + "(%-[0-9a-f]{64})?/(?:([a-z0-9]{1,7})\\.)?(-?[0-9]{1,17})");

    /**
     * Parses the name of a counter.
     *
     * @param name the name, as {@link Counter#name()} returned it
     * @return its parts
     * @throws IllegalArgumentException if it is not the name of a counter
     */
    public static CounterName parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw wrong(name, null);
        }
        String length = matcher.group(4);
        return new CounterName(
                matcher.group(1),
                unescaped(matcher.group(2)),
                matcher.group(3) != null,
                length == null ? "" : length,
                start(name, matcher.group(5)));
    }

    private static Instant start(String name, String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw wrong(name, e);
        }
    }

    private static IllegalArgumentException wrong(String name, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "the name of a counter is quota/key/window, such as calls/ada/1mo.1767225600, but this was \"" + name
                        + "\"",
                cause);
    }

    private static String unescaped(String escaped) {
        StringBuilder text = new StringBuilder(escaped.length());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                text.append(decoded(bytes)).append(c);
            }
        }
        return text.append(decoded(bytes)).toString();
    }

    /** Decodes bytes and removes them from the stream. An unpaired surrogate is preserved. */
    private static String decoded(ByteArrayOutputStream taken) {
        byte[] bytes = taken.toByteArray();
        taken.reset();
        StringBuilder text = new StringBuilder();
        int begun = 0;
        for (int i = 0; i + 2 < bytes.length; i++) {
            if (isHalf(bytes, i)) {
                text.append(new String(bytes, begun, i - begun, StandardCharsets.UTF_8))
                        .append((char) (0xD000 | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F)));
                begun = i + 3;
                i += 2;
            }
        }
        return text.append(new String(bytes, begun, bytes.length - begun, StandardCharsets.UTF_8))
                .toString();
    }

    /**
     * Returns whether an unpaired surrogate is at an index. UTF-8 does not allow it, but it keeps different keys
     * distinct.
     */
    private static boolean isHalf(byte[] bytes, int at) {
        return bytes[at] == (byte) 0xED && (bytes[at + 1] & 0xE0) == 0xA0 && (bytes[at + 2] & 0xC0) == 0x80;
    }
}
