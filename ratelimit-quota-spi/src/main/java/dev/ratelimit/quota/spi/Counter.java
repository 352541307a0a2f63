package dev.ratelimit.quota.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A counter is a number from zero upwards that belongs to one quota, one subject and one window.
 *
 * <p>Its {@link #name()} identifies it: printable ASCII, so that a store need not handle character sets, and short
 * enough for the keys of databases. The value of a new counter is zero. The name is {@code quota/subject/window}, such
 * as {@code calls/ada/1mo.1767225600}; {@link CounterName#parse} returns its parts.
 *
 * <p>Equal if the names are. Immutable and thread-safe.
 */
public final class Counter {

    /**
     * The maximum number of UTF-8 bytes of a subject that a name contains in full. A longer subject is shortened and
     * hashed.
     */
    public static final int MAX_SUBJECT_LENGTH = 255;

    /** The maximum number of characters of the name of a quota. */
    public static final int MAX_QUOTA_LENGTH = 64;

    private static final int MAX_LENGTH = 7;

    /** For a length, a point and a start. */
    private static final int MAX_WINDOW = 20;

    /** The maximum number of characters of a {@link #name()}. */
    public static final int MAX_NAME_LENGTH = MAX_QUOTA_LENGTH + 1 + 3 * MAX_SUBJECT_LENGTH + 1 + MAX_WINDOW;

    private final String quota;
    private final String subject;
    private final Window window;
    private final String name;

    private Counter(Window window, String subject) {
        this.quota = window.quota;
        this.subject = subject;
        this.window = window;
        this.name = window.before + subject + window.after;
    }

    /**
     * A window is the set of all counters of a quota that start at the same instant: one for each subject. Immutable
     * and thread-safe.
     */
    public static final class Window {

        private final String quota;
        private final Instant start;
        private final Instant expires;
        private final String name;
        private final String before;
        private final String after;

        private Window(String quota, String length, Instant start, Instant expires) {
            this.quota = quota;
            this.start = start;
            this.expires = expires;
            this.name = (length.isEmpty() ? "" : length + ".") + start.getEpochSecond();
            this.before = quota + "/";
            this.after = "/" + name;
        }

        /**
         * Returns the window in the form that the names of counters contain.
         *
         * @return the text, such as {@code 1mo.1767225600}
         */
        public String name() {
            return name;
        }

        /**
         * Returns the counter of a subject.
         *
         * <p>If a subject has more than 255 bytes in UTF-8, the name contains its beginning and its SHA-256, in a form
         * that no shorter subject can have.
         *
         * @param subject the subject of the counter: any characters, at least one
         * @return the counter
         * @throws IllegalArgumentException if the subject is empty
         */
        public Counter of(String subject) {
            if (subject.isEmpty()) {
                throw new IllegalArgumentException("the key of a quota is empty; say whose quota it is");
            }
            return new Counter(this, SubjectName.of(subject));
        }
    }

    /**
     * Returns the counters of a quota in a window.
     *
     * @param quota the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param start the start of the window, a whole second
     * @param expires the instant from which the store may forget the counters, after the start
     * @return the window
     * @throws IllegalArgumentException if an argument is invalid
     */
    public static Window window(String quota, Instant start, Instant expires) {
        return window(quota, "", start, expires);
    }

    /**
     * Returns the counters of a quota in a window of a given length. They differ from those of a window of another
     * length that starts at the same instant.
     *
     * @param quota the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param length the text that identifies windows of this length: up to 7 of {@code a-z 0-9}, such as {@code 15m}
     * @param start the start of the window, a whole second in the years -1000 to 9999
     * @param expires the instant from which the store may forget the counters, after the start
     * @return the window
     * @throws IllegalArgumentException if an argument is invalid
     */
    public static Window window(String quota, String length, Instant start, Instant expires) {
        if (!isQuotaName(quota)) {
            throw new IllegalArgumentException("the name of a quota must be 1 to " + MAX_QUOTA_LENGTH
                    + " of A-Z a-z 0-9 . _ - but was \"" + quota + "\"");
        }
        if (!start.equals(start.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("a window must start at a whole second, but was " + start);
        }
        if (!expires.isAfter(start)) {
            throw new IllegalArgumentException("expires must be after start, but was " + expires + " for " + start);
        }
        if (length.length() > MAX_LENGTH || !length.chars().allMatch(Counter::mayBeInLength)) {
            throw new IllegalArgumentException(
                    "the length of a window must be up to " + MAX_LENGTH + " of a-z 0-9 but was \"" + length + "\"");
        }
        Window window = new Window(quota, length, start, expires);
        if (window.name.length() > MAX_WINDOW) {
            throw new IllegalArgumentException("a window must start in the years -1000 to 9999, but was " + start);
        }
        return window;
    }

    /**
     * Returns the counter of a quota, a subject and a window.
     *
     * @param quota the name of the quota: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @param subject the subject of the counter: any characters, at least one
     * @param start the start of the window, a whole second
     * @param expires the instant from which the store may forget the counter, after the start
     * @return the counter
     * @throws IllegalArgumentException if an argument is invalid
     */
    public static Counter of(String quota, String subject, Instant start, Instant expires) {
        return window(quota, start, expires).of(subject);
    }

    /**
     * Returns the counter with a given name, for stores that list their counters. {@link CounterName#parse} returns the
     * parts of a name.
     *
     * @param name the name, as {@link #name()} returned it
     * @param expires the instant from which the store may forget the counter, after the start
     * @return the counter
     * @throws IllegalArgumentException if it is not the name of a counter, or expires too early
     */
    public static Counter parse(String name, Instant expires) {
        CounterName parts = CounterName.parse(name);
        String subject = name.substring(name.indexOf('/') + 1, name.lastIndexOf('/'));
        return new Counter(window(parts.quota(), parts.length(), parts.start(), expires), subject);
    }

    /**
     * Returns whether a text is a valid name of a quota.
     *
     * @param text the text
     * @return whether it consists of 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     */
    public static boolean isQuotaName(String text) {
        return !text.isEmpty() && text.length() <= MAX_QUOTA_LENGTH && SubjectName.isPlain(text);
    }

    /**
     * Returns the name, which is unique for each counter.
     *
     * @return at most {@value #MAX_NAME_LENGTH} of {@code A-Z a-z 0-9 . _ - % /}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the name of the quota.
     *
     * @return at most {@value #MAX_QUOTA_LENGTH} characters
     */
    public String quota() {
        return quota;
    }

    /**
     * Returns the subject in the encoded form that the name contains: other than plain characters as {@code %} and two
     * digits for each byte; and for a subject with more than 255 bytes, its beginning and a hash.
     *
     * @return plain characters and {@code %}
     */
    public String subject() {
        return subject;
    }

    /**
     * Returns the instant at which the window starts.
     *
     * @return a whole second
     */
    public Instant start() {
        return window.start;
    }

    /**
     * Returns the window in the form that the name contains: its length, if it was given, and the second since 1970 at
     * which it starts.
     *
     * @return the text, such as {@code 1mo.1767225600}; at most 20 of {@code a-z 0-9 . -}
     */
    public String window() {
        return window.name;
    }

    /**
     * Returns the instant from which the store may forget the counter. It is not part of the counter's identity.
     *
     * @return an instant after the end of the window
     */
    public Instant expires() {
        return window.expires;
    }

    private static boolean mayBeInLength(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
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
