package dev.ratelimit.core.internal.waiting;

/**
 * The nesting depth of completions on the current thread.
 *
 * <p>A completion may cause the next one: its code closes a lease, and the next caller gets it. Each takes room on the
 * stack, so at most {@value #MAX} are nested. A further one runs elsewhere.
 */
public final class Nesting {

    /** About four hundred frames, so few that also a caller deep in its stack has this room left. */
    static final int MAX = 16;

    private static final ThreadLocal<Integer> DEPTH = new ThreadLocal<>();

    private Nesting() {}

    /**
     * Runs a completion on the current thread, unless the maximum depth is reached.
     *
     * @return whether it was run; its exceptions reach the caller
     */
    public static boolean run(Runnable completion) {
        Integer known = DEPTH.get();
        int depth = known == null ? 0 : known;
        if (depth == MAX) {
            return false;
        }
        DEPTH.set(depth + 1);
        try {
            completion.run();
        } finally {
            if (known == null) {
                DEPTH.remove();
            } else {
                DEPTH.set(known);
            }
        }
        return true;
    }
}
