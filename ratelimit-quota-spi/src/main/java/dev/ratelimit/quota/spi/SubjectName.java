package dev.ratelimit.quota.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The encoded form of a subject in the name of a counter.
 *
 * <p>Plain characters stay as they are. Each byte of other characters is written as {@code %} and two upper-case
 * hexadecimal digits. If a subject is longer than 255 bytes, the name contains its beginning, {@code %-} (with which no
 * escape begins), and the SHA-256 of the whole subject. So names stay readable, are never too long for the key of a
 * database, and are different for different subjects.
 */
final class SubjectName {

    /** The mark before the hash of a long subject. */
    static final String HASH_MARK = "%-";

    /** The number of digits of a SHA-256. */
    static final int HASH_LENGTH = 64;

    private static final int BEGINNING = 128;
    private static final HexFormat CAPITALS = HexFormat.of().withUpperCase();

    private SubjectName() {}

    /** Returns the encoded form of a subject, which is not empty. */
    static String of(String subject) {
        if (isPlain(subject)) {
            return subject.length() <= Counter.MAX_SUBJECT_LENGTH ? subject : hashed(subject);
        }
        String escaped = escaped(subject);
        return utf8Length(subject) <= Counter.MAX_SUBJECT_LENGTH ? escaped : hashed(escaped);
    }

    /** Returns whether a text needs no escapes, which is the usual case. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static String hashed(String escaped) {
        // Do not cut in the middle of an escape, which has three characters.
        int mark = escaped.lastIndexOf('%', BEGINNING);
        int end = mark > BEGINNING - 3 ? mark : BEGINNING;
        return escaped.substring(0, end) + HASH_MARK + HexFormat.of().formatHex(sha256(escaped));
    }

    private static byte[] sha256(String escaped) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(escaped.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform must have SHA-256", e);
        }
    }

    /** Returns the number of bytes in UTF-8. An unpaired surrogate counts as three bytes. */
    private static int utf8Length(String text) {
        return text.codePoints()
                .limit(Counter.MAX_SUBJECT_LENGTH + 1L)
                .map(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4)
                .sum();
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(escaped, c));
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, int c) {
        if (isPlain(c)) {
            escaped.append((char) c);
        } else if (c < 0x80) {
            appendByte(escaped, c);
        } else if (c < 0x800) {
            appendByte(escaped, 0xC0 | (c >> 6));
            appendByte(escaped, 0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            appendByte(escaped, 0xE0 | (c >> 12));
            appendByte(escaped, 0x80 | ((c >> 6) & 0x3F));
            appendByte(escaped, 0x80 | (c & 0x3F));
        } else {
            appendByte(escaped, 0xF0 | (c >> 18));
            appendByte(escaped, 0x80 | ((c >> 12) & 0x3F));
            appendByte(escaped, 0x80 | ((c >> 6) & 0x3F));
            appendByte(escaped, 0x80 | (c & 0x3F));
        }
    }

    private static void appendByte(StringBuilder escaped, int b) {
        escaped.append('%').append(CAPITALS.toHighHexDigit(b)).append(CAPITALS.toLowHexDigit(b));
    }
}
