package dev.ratelimit.cache;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** An estimate of the bytes that a failure holds: its messages, frames, causes and suppressed failures, each once. */
final class FailureWeight {

    private static final int BYTES_OF_A_THROWABLE = 100;
    private static final int BYTES_OF_A_FRAME = 100;
    private static final int BYTES_OF_A_CHARACTER = 2;

    private FailureWeight() {}

    static long estimate(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Throwable> open = new ArrayDeque<>();
        open.add(failure);
        long bytes = 0;
        for (Throwable next = open.poll(); next != null; next = open.poll()) {
            if (!seen.add(next)) {
                continue;
            }
            String message = next.getMessage();
            bytes += BYTES_OF_A_THROWABLE
                    + (message == null ? 0 : (long) BYTES_OF_A_CHARACTER * message.length())
                    + (long) BYTES_OF_A_FRAME * next.getStackTrace().length;
            if (next.getCause() != null) {
                open.add(next.getCause());
            }
            Collections.addAll(open, next.getSuppressed());
        }
        return bytes;
    }
}
