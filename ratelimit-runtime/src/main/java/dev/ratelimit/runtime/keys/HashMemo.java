package dev.ratelimit.runtime.keys;

import dev.ratelimit.internal.GoldenRatio;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the hashes of a few frequently used strings.
 *
 * <p>Hashing 36 characters costs as much as the rest of a decision without its clock read. A hit here costs a third of
 * that. There are few places, so that they fit in the processor's nearest cache. A string is looked up by its last four
 * characters, and not by its hash code, which a new string would first have to compute. It takes a place when it is
 * looked up twice with no other string for the same place in between. So frequent strings stay, and the many rare ones
 * hardly ever write. Strings shorter than {@value #SHORTEST} are faster to hash than to look up. Strings longer than
 * {@value #MAX} are not kept, which bounds the memory.
 *
 * <p>The memo allocates nothing after its creation. Each place is guarded by a sequence number, odd while it is written
 * (a sequence lock: Lameter, <i>Effective synchronization on Linux/NUMA systems</i>, 2005): a reader that sees it
 * change uses nothing from the memo. Strings that share their last characters, which an attacker can produce at will,
 * only miss, because the whole string is compared.
 */
final class HashMemo {

    static final int SHORTEST = 12;
    static final int MAX = 128;

    private static final int SIZE_BITS = 8;

    /**
     * The words of a place: its sequence number, its hash, the last characters of its string, and those of the last
     * miss.
     */
    private static final int STEP = 4;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle TEXT = MethodHandles.arrayElementVarHandle(String[].class);

    private final @Nullable String[] texts = new String[1 << SIZE_BITS];
    private final long[] words = new long[STEP << SIZE_BITS];
    private final Multilinear family;
    private final int kind;

    /** The place that was written last. Any value is valid, so no memory ordering is needed. */
    private int lastKept;

    HashMemo(Multilinear family, int kind) {
        this.family = family;
        this.kind = kind;
    }

    long hash(String text) {
        // If the key is a constant, it is the same string object each time. Then not even its characters are read.
        int last = lastKept;
        long lastSequence = (long) WORD.getAcquire(words, last * STEP);
        if (isIdentical(texts[last], text)) {
            long hash = words[last * STEP + 1];
            if (isUnchanged(last * STEP, lastSequence)) {
                return hash;
            }
        }
        int length = text.length();
        if (length < SHORTEST || length > MAX) {
            return family.text(kind, text);
        }
        long end = end(text, length);
        int index = GoldenRatio.upperBits(end, SIZE_BITS);
        int word = index * STEP;
        long sequence = (long) WORD.getAcquire(words, word);
        if (words[word + 2] == end && text.equals(texts[index])) {
            long hash = words[word + 1];
            if (isUnchanged(word, sequence)) {
                return hash;
            }
        }
        long hash = family.text(kind, text);
        if (words[word + 3] == end) {
            keep(text, index, hash, end);
        } else {
            WORD.setOpaque(words, word + 3, end);
        }
        return hash;
    }

    private boolean isUnchanged(int word, long sequence) {
        VarHandle.loadLoadFence();
        return (sequence & 1) == 0 && (long) WORD.getOpaque(words, word) == sequence;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isIdentical(@Nullable String kept, String text) {
        return kept == text;
    }

    private void keep(String text, int index, long hash, long end) {
        int word = index * STEP;
        long sequence = (long) WORD.getAcquire(words, word);
        if ((sequence & 1) == 0 && WORD.compareAndSet(words, word, sequence, sequence + 1)) {
            // No reader may see the following writes with the old, even number.
            VarHandle.storeStoreFence();
            TEXT.setOpaque(texts, index, text);
            WORD.setOpaque(words, word + 1, hash);
            WORD.setOpaque(words, word + 2, end);
            WORD.setRelease(words, word, sequence + 2);
            lastKept = index;
        }
    }

    private static long end(String text, int length) {
        return text.charAt(length - 4)
                | ((long) text.charAt(length - 3) << 16)
                | ((long) text.charAt(length - 2) << 32)
                | ((long) text.charAt(length - 1) << 48);
    }
}
