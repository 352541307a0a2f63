package dev.ratelimit.core.internal.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of a few strings that are asked for again and again.
 *
 * <p>Hashing 36 characters costs about as much as all the rest of a decision but the clock; looking them up by the hash
 * code that a string remembers of itself costs a tenth of that. A string takes a place in the memo when it is asked for
 * twice with no other of its place in between: so the frequent ones stay, and the many rare ones hardly ever write.
 * Strings beyond {@value #LONGEST} characters are not kept, which bounds what the memo retains.
 *
 * <p>The memo allocates nothing after its creation. Each place is guarded by a sequence number, odd while it is written
 * (a sequence lock: Lameter, <i>Effective synchronization on Linux/NUMA systems</i>, 2005): a reader that sees it change
 * takes nothing from the memo. A string with the same hash code as another, which an attacker can make at will, only
 * misses: the string itself is compared.
 */
final class HashMemo {

    static final int LONGEST = 128;

    private static final int SIZE = 1024;

    /** Of a place: its sequence number, its hash, the hash code last asked for in vain. */
    private static final int STEP = 4;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle TEXT = MethodHandles.arrayElementVarHandle(String[].class);

    private final @Nullable String[] texts = new String[SIZE];
    private final long[] words = new long[SIZE * STEP];
    private final Multilinear family;
    private final int kind;

    HashMemo(Multilinear family, int kind) {
        this.family = family;
        this.kind = kind;
    }

    long hash(String text) {
        int code = text.hashCode();
        int index = (code ^ (code >>> 10) ^ (code >>> 20)) & (SIZE - 1);
        int word = index * STEP;
        long sequence = (long) WORD.getAcquire(words, word);
        String kept = texts[index];
        if (kept != null && kept.hashCode() == code && kept.equals(text)) {
            long hash = words[word + 1];
            VarHandle.loadLoadFence();
            if ((sequence & 1) == 0 && (long) WORD.getOpaque(words, word) == sequence) {
                return hash;
            }
        }
        long hash = family.text(kind, text);
        missed(text, code, index, hash, sequence);
        return hash;
    }

    private void missed(String text, int code, int index, long hash, long sequence) {
        int word = index * STEP;
        // A count of zero is a place that nobody has asked for, so that the code zero is told apart.
        long candidate = code | (1L << 32);
        if ((long) WORD.getOpaque(words, word + 2) != candidate) {
            WORD.setOpaque(words, word + 2, candidate);
        } else if (text.length() <= LONGEST
                && (sequence & 1) == 0
                && WORD.compareAndSet(words, word, sequence, sequence + 1)) {
            TEXT.setOpaque(texts, index, text);
            WORD.setOpaque(words, word + 1, hash);
            WORD.setRelease(words, word, sequence + 2);
        }
    }
}
