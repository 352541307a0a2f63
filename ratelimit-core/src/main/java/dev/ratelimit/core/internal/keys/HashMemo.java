package dev.ratelimit.core.internal.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of a few strings that are asked for again and again.
 *
 * <p>Hashing 36 characters costs as much as the rest of a decision but the clock; to find them here costs a third of that.
 * There are few places, so that those who miss find them in the nearest cache.
 * A string is looked up by its last four characters, and not by its hash code, which a string that came with a request
 * would first have to work out. It takes a place in the memo when it is asked for twice with no other of its place in
 * between: so the frequent ones stay, and the many rare ones hardly ever write. Shorter strings than {@value #SHORTEST}
 * are hashed faster than found; longer ones than {@value #MAX} are not kept, which bounds what the memo retains.
 *
 * <p>The memo allocates nothing after its creation. Each place is guarded by a sequence number, odd while it is written
 * (a sequence lock: Lameter, <i>Effective synchronization on Linux/NUMA systems</i>, 2005): a reader that sees it change
 * takes nothing from the memo. Strings that share their last characters, which an attacker can make at will, only miss:
 * the whole string is compared.
 */
final class HashMemo {

    static final int SHORTEST = 12;
    static final int MAX = 128;

    private static final int SIZE_BITS = 8;

    /** Of a place: its sequence number, its hash, its string's last characters, those last asked for in vain. */
    private static final int STEP = 4;

    /** An odd number that spreads the characters over the upper bits: 2^64 divided by the golden ratio. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle TEXT = MethodHandles.arrayElementVarHandle(String[].class);

    private final @Nullable String[] texts = new String[1 << SIZE_BITS];
    private final long[] words = new long[STEP << SIZE_BITS];
    private final Multilinear family;
    private final int kind;

    /** The place that was written last; any will do, so that no order is asked for. */
    private int lastKept;

    HashMemo(Multilinear family, int kind) {
        this.family = family;
        this.kind = kind;
    }

    long hash(String text) {
        // A constant that guards one operation is the same string each time: then not even its characters are read.
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
        int index = (int) ((end * SPREAD) >>> (Long.SIZE - SIZE_BITS));
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
            // Nobody may see what follows with the even number of before.
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
