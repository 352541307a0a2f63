package dev.ratelimit.address;

import java.util.List;
import java.util.ListIterator;
import java.util.Objects;

/**
 * The elements of a field whose value is a list (RFC 9110, section 5.6.1), from the last to the first.
 *
 * <p>A proxy appends its element at the right, so all that is left of it is the client's. A reader from the left would
 * have to get through that first, and a quote that the client opens and never closes would swallow what the proxy has
 * appended. A reader from the right has what the proxy wrote before it meets the first character of the client's.
 *
 * <p>Quoted strings can be read in both directions: within one, a quote has an odd number of backslashes before it, and
 * the quote that opens it has none, since it stands behind {@code =}. Whatever well-formed element a proxy appends, its
 * first character is found without a look at what is left of it.
 *
 * <p>Several field lines are one list, in order (RFC 9110, section 5.3), but no element runs over the end of a line.
 * Each character is read a bounded number of times. Not thread-safe.
 */
final class FieldElements {

    private final ListIterator<? extends CharSequence> lines;
    private final boolean quotes;

    private CharSequence line = "";
    private int unread = -1;
    private int from;
    private int to;

    /** Reads field lines in the order of the request; commas within quotes may belong to an element. */
    FieldElements(List<? extends CharSequence> lines, boolean quotes) {
        this.lines = lines.listIterator(lines.size());
        this.quotes = quotes;
    }

    /** Goes to the element left of the last one, past empty ones; returns whether there is one. */
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

    /** The field line that the element is a part of. */
    CharSequence line() {
        return line;
    }

    /** Where the element begins in its line. */
    int from() {
        return from;
    }

    /** Where the element has ended in its line. */
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

    /** Returns whether it is optional white space of HTTP (RFC 9110, section 5.6.3). */
    static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
