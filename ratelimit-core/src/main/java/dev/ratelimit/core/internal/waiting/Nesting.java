package dev.ratelimit.core.internal.waiting;

/**
 * How deep completions stand within one another on the current thread.
 *
 * <p>What a completion runs may bring about the next one: a lease is closed there, and the next caller has it. Each of
 * them takes room on the stack, so no more than {@value #MAX} stand within one another. One more goes elsewhere.
 */
public final class Nesting {

    /** Some four hundred frames of the stack, and so little of it that a caller deep in its stack has as much left. */
    static final int MAX = 16;

    private static final ThreadLocal<Integer> DEPTH = new ThreadLocal<>();

    private Nesting() {}

    /**
     * Runs a completion on the current thread, unless as many as may are under way there.
     *
     * @return whether it was run; what it throws is its own
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
