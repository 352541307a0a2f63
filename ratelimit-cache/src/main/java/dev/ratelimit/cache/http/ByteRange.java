package dev.ratelimit.cache.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A single range of bytes of a whole response (RFC 9110, section 14).
 *
 * @param first the first byte, from 0
 * @param end the byte after the last one; not above first if no byte is in the range
 */
record ByteRange(int first, int end) {

    private static final String UNIT = "bytes=";

    /**
     * Returns the single range that a request asks for; empty if it asks for none, for several, or in another unit or
     * syntax.
     */
    static Optional<ByteRange> of(Fields request, int length) {
        List<String> lines = request.lines("Range");
        if (lines.size() != 1) {
            return Optional.empty();
        }
        String line = lines.get(0).strip().toLowerCase(Locale.ROOT);
        String range = line.startsWith(UNIT) ? line.substring(UNIT.length()).strip() : "";
        int hyphen = range.indexOf('-');
        if (hyphen < 0) {
            return Optional.empty();
        }
        String first = range.substring(0, hyphen);
        String last = range.substring(hyphen + 1);
        if (first.isEmpty()) {
            return CacheControl.isDigits(last)
                    ? Optional.of(new ByteRange(length - Math.min(length, number(last)), length))
                    : Optional.empty();
        }
        if (!CacheControl.isDigits(first) || !(last.isEmpty() || CacheControl.isDigits(last))) {
            return Optional.empty();
        }
        int from = number(first);
        int to = last.isEmpty() ? Integer.MAX_VALUE : number(last);
        return from > to ? Optional.empty() : Optional.of(new ByteRange(from, to >= length ? length : to + 1));
    }

    boolean isSatisfiable() {
        return first < end;
    }

    /** The value of {@code Content-Range}. */
    String of(int length) {
        return isSatisfiable() ? "bytes " + first + "-" + (end - 1) + "/" + length : "bytes */" + length;
    }

    private static int number(String digits) {
        return (int) Math.min(Integer.MAX_VALUE, CacheControl.seconds(digits));
    }
}
