package dev.ratelimit.address;

import java.util.List;
import java.util.ListIterator;
import java.util.Objects;

/**
 * The elements of a field whose value is a list (RFC 9110, section 5.6.1), from the last to the first.
 *
 * <p>A proxy appends its element at the right, so the client may have written everything left of it. A reader from the
 * left would have to parse the client's text first, and a quote that the client never closes would swallow the proxy's
 * element. A reader from the right has the proxy's element before it meets any text of the client.
 *
 * <p>Quoted strings can be read in both directions: within a string, a quote has an odd number of backslashes before
 * it. The opening quote has none, since it follows {@code =}. So the start of any well-formed element is found without
 * reading the text left of it.
 *
 * <p>Several field lines are one list, in order (RFC 9110, section 5.3), but no element continues on the next line.
 * Each character is read a bounded number of times. Not thread-safe.
 */
final class FieldElements {

    private final ListIterator<? extends CharSequence> lines;
    private final boolean quotes;

    private CharSequence line = "";
    private int unread = -1;
    private int from;
    private int to;

    /**
     * Creates a reader of field lines in the order of the request. If {@code quotes} is set, commas within quotes
     * belong to an element.
     */
    FieldElements(List<? extends CharSequence> lines, boolean quotes) {
        this.lines = lines.listIterator(lines.size());
        this.quotes = quotes;
    }

    /** Moves to the next element to the left and skips empty ones; returns whether there is one. */
    boolean previous() {
        do {
            if (unread < 0) {
                if (!lines.hasPrevious()) {
                    return false;
                }
                line = Objects.requireNonNull(lines.previous(), "field line");
                unread = line.length();
            }
            to = unread;
            from = start(to);
            unread = from - 1;
            trim();
        } while (from == to);
        return true;
    }

    /** Returns the field line that contains the element. */
    CharSequence line() {
        return line;
    }

    /** Returns the position of the element's first character in its line. */
    int from() {
        return from;
    }

    /** Returns the position behind the element's last character in its line. */
    int to() {
        return to;
    }

    /** Returns the position behind the last comma before the end that is not within quotes, or 0. */
    private int start(int end) {
        boolean quoted = false;
        int at = end;
        while (at > 0) {
            char c = line.charAt(--at);
            if (c == ',' && !quoted) {
                return at + 1;
            }
            if (c == '"' && quotes) {
                quoted = !quoted || isEscaped(at);
            }
        }
        return 0;
    }

    private boolean isEscaped(int quote) {
        int at = quote;
        while (at > 0 && line.charAt(at - 1) == '\\') {
            at--;
        }
        return (quote - at) % 2 == 1;
    }

    /** Drops spaces and tabs at both ends. */
    private void trim() {
        while (from < to && isSpace(line.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(line.charAt(to - 1))) {
            to--;
        }
    }

    /** Returns whether a character is optional white space of HTTP (RFC 9110, section 5.6.3). */
    static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
