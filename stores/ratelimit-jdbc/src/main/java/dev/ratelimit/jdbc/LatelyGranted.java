package dev.ratelimit.jdbc;

/**
 * A guess whether a counter has a row with room: whether the last request for it from this process was granted. A wrong
 * guess costs one more statement, or a slower one.
 *
 * <p>Counters share a fixed number of marks, by their hash. Threads write them without an order, and may see old ones.
 */
final class LatelyGranted {

    private static final int MARKS = 1 << 12;

    private final boolean[] marks = new boolean[MARKS];

    boolean guess(String counter) {
        return marks[mark(counter)];
    }

    void note(String counter, boolean granted) {
        int mark = mark(counter);
        if (marks[mark] != granted) {
            marks[mark] = granted;
        }
    }

    private static int mark(String counter) {
        int hash = counter.hashCode();
        return (hash ^ (hash >>> 16)) & (MARKS - 1);
    }
}
