package dev.ratelimit.quota.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A counter is a number from zero upwards that belongs to one quota, one subject and one window.
 *
 * <p>Its {@link #name()} identifies it: printable ASCII, so that a store need not think of character sets, and short enough
 * for any key. A counter that was never touched shows zero.
 *
 * <p>Equal if the names are. Immutable and thread-safe.
 */
public final class Counter {

    /** The most bytes of UTF-8 that a subject may have. */
    public static final int LONGEST_SUBJECT = 255;

    /** The most characters of the name of a quota. */
    public static final int LONGEST_QUOTA = 64;

    /** The most characters of a {@link #name()}. */
    public static final int LONGEST_NAME = LONGEST_QUOTA + 1 + 3 * LONGEST_SUBJECT + 1 + 20;

    private static final String HEX = "0123456789ABCDEF";

    private final String quota;
    private final String subject;
    private final Instant start;
    private final Instant expires;
    private final String name;

    private Counter(Window window, String subject) {
        this.quota = window.quota;
        this.subject = subject;
        this.start = window.start;
        this.expires = window.expires;
        this.name = window.before + subject + window.after;
    }

    /** A window is all counters of a quota that start together: one for each subject. Immutable and thread-safe. */
    public static final class Window {

        private final String quota;
        private final Instant start;
        private final Instant expires;
        private final String before;
        private final String after;

        private Window(String quota, Instant start, Instant expires) {
            this.quota = quota;
            this.start = start;
            this.expires = expires;
            this.before = quota + "/";
            this.after = "/" + start.getEpochSecond();
        }

        /**
         * Returns the counter of a subject.
         *
         * @param subject whose counter it is: any characters, 1 to 255 bytes in UTF-8
         * @return the counter
         * @throws IllegalArgumentException if the subject is not as said; nothing is ever cut short
         */
        public Counter of(String subject) {
            boolean plain = isPlain(subject);
            int bytes = plain ? subject.length() : utf8Length(subject);
            if (bytes < 1 || bytes > LONGEST_SUBJECT) {
                throw new IllegalArgumentException("a key of a quota must have 1 to " + LONGEST_SUBJECT
                        + " bytes in UTF-8, but has " + bytes + "; use a shorter one, or a hash of it");
            }
            return new Counter(this, plain ? subject : escaped(subject));
        }
    }

    /**
     * Returns the counters of a quota in a window.
     *
     * @param quota the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param start when the window starts, a whole second
     * @param expires when the store may forget the counters, after the start
     * @return the window
     * @throws IllegalArgumentException if an argument is not as said
     */
    public static Window window(String quota, Instant start, Instant expires) {
        if (!isQuotaName(quota)) {
            throw new IllegalArgumentException("the name of a quota must be 1 to " + LONGEST_QUOTA
                    + " of A-Z a-z 0-9 . _ - but was \"" + quota + "\"");
        }
        if (!start.equals(start.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("a window must start at a whole second, but was " + start);
        }
        if (!expires.isAfter(start)) {
            throw new IllegalArgumentException("expires must be after start, but was " + expires + " for " + start);
        }
        return new Window(quota, start, expires);
    }

    /**
     * Returns the counter of a quota, a subject and a window.
     *
     * @param quota the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param subject whose counter it is: any characters, 1 to 255 bytes in UTF-8
     * @param start when the window starts, a whole second
     * @param expires when the store may forget the counter, after the start
     * @return the counter
     * @throws IllegalArgumentException if an argument is not as said; nothing is ever cut short
     */
    public static Counter of(String quota, String subject, Instant start, Instant expires) {
        return window(quota, start, expires).of(subject);
    }

    /**
     * Returns whether a text can be the name of a quota.
     *
     * @param text the text
     * @return whether it has 1 to 64 of {@code A-Z a-z 0-9 . _ -} and nothing else
     */
    public static boolean isQuotaName(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_QUOTA && isPlain(text);
    }

    /**
     * Returns the name, which is different for different counters.
     *
     * @return at most {@value #LONGEST_NAME} of {@code A-Z a-z 0-9 . _ - % /}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the name of the quota.
     *
     * @return at most {@value #LONGEST_QUOTA} characters
     */
    public String quota() {
        return quota;
    }

    /**
     * Returns whose counter it is, as it stands in the name: characters that are not plain as {@code %} and two digits for each
     * byte.
     *
     * @return plain characters and {@code %}
     */
    public String subject() {
        return subject;
    }

    /**
     * Returns when the window starts.
     *
     * @return a whole second
     */
    public Instant start() {
        return start;
    }

    /**
     * Returns when the store may forget the counter. Not part of what it is.
     *
     * @return an instant after the end of the window
     */
    public Instant expires() {
        return expires;
    }

    /** Whether a text needs no escapes, as most do. */
    private static boolean isPlain(String text) {
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

    /** The bytes in UTF-8, where half a pair of surrogates counts as the three that it would take by itself. */
    private static int utf8Length(String text) {
        return text.codePoints()
                .limit(LONGEST_SUBJECT + 1L)
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
        escaped.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xF));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Counter other && name.equals(other.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "Counter[" + name + "]";
    }
}
