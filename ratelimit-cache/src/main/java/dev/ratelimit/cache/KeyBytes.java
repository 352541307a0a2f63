package dev.ratelimit.cache;

import java.util.Arrays;
import java.util.UUID;

/**
 * The bytes of a key: each part as its type, its length, and its content, one after the other.
 *
 * <p>The bytes alone determine the parts. So different lists of parts have different bytes, and a list is a prefix of
 * another exactly if its bytes are.
 */
final class KeyBytes {

    private static final byte SHARED = 1;
    private static final byte TENANT = 2;
    private static final byte PRINCIPAL = 3;
    private static final byte TEXT = 16;
    private static final byte NUMBER = 17;
    private static final byte UNIQUE_ID = 18;
    private static final byte OCTETS = 19;
    private static final byte TRUTH = 20;
    private static final byte CONSTANT = 21;

    /** The bytes of a part's type and length. */
    private static final int HEAD = 5;

    private byte[] bytes;
    private int length;

    KeyBytes() {
        this(new byte[64], 0);
    }

    private KeyBytes(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    KeyBytes copy() {
        return new KeyBytes(Arrays.copyOf(bytes, length + 64), length);
    }

    static KeyBytes startingWith(byte[] prefix) {
        return new KeyBytes(Arrays.copyOf(prefix, prefix.length + 64), prefix.length);
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    KeyBytes shared() {
        end(begin(SHARED));
        return this;
    }

    KeyBytes tenant(String name) {
        text(TENANT, name);
        return this;
    }

    KeyBytes principal(String name) {
        text(PRINCIPAL, name);
        return this;
    }

    /** The kind of the scope, without its names, because these may be personal. */
    String scopeName() {
        int afterFirst = HEAD + readInt(1);
        boolean hasPrincipal = bytes[0] == PRINCIPAL || (length > afterFirst && bytes[afterFirst] == PRINCIPAL);
        return hasPrincipal ? "principal" : bytes[0] == TENANT ? "tenant" : "shared";
    }

    void add(Object part, int number) {
        if (part instanceof CharSequence text) {
            text(TEXT, text);
        } else if (part instanceof Long || part instanceof Integer || part instanceof Short || part instanceof Byte) {
            int head = begin(NUMBER);
            addLong(((Number) part).longValue());
            end(head);
        } else if (part instanceof UUID id) {
            int head = begin(UNIQUE_ID);
            addLong(id.getMostSignificantBits());
            addLong(id.getLeastSignificantBits());
            end(head);
        } else if (part instanceof byte[] octets) {
            int head = begin(OCTETS);
            ensure(octets.length);
            System.arraycopy(octets, 0, bytes, length, octets.length);
            length += octets.length;
            end(head);
        } else if (part instanceof Boolean truth) {
            int head = begin(TRUTH);
            addByte(truth ? 1 : 0);
            end(head);
        } else if (part instanceof Enum<?> constant) {
            int head = begin(CONSTANT);
            text(TEXT, constant.getDeclaringClass().getName());
            text(TEXT, constant.name());
            end(head);
        } else {
            throw new IllegalArgumentException("part " + number + " is a "
                    + part.getClass().getName()
                    + ", but parts of a key are text, whole numbers, booleans, UUID, byte[] and enums: make one of it");
        }
    }

    /**
     * Writes each char separately, in one to three bytes. Half a surrogate pair is valid text, and must not become
     * equal to other text.
     */
    private void text(byte type, CharSequence text) {
        int head = begin(type);
        ensure(3L * text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else {
                bytes[length++] = (byte) (0xE0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        end(head);
    }

    private int begin(byte type) {
        ensure(HEAD);
        int head = length;
        bytes[head] = type;
        length += HEAD;
        return head;
    }

    private void end(int head) {
        int size = length - head - HEAD;
        for (int i = 0; i < 4; i++) {
            bytes[head + 1 + i] = (byte) (size >>> (24 - (8 * i)));
        }
    }

    private int readInt(int at) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = (value << 8) | (bytes[at + i] & 0xFF);
        }
        return value;
    }

    private void addLong(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    private void addByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    private void ensure(long more) {
        long needed = length + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a key must be shorter than 2 GB, but would take " + needed + " bytes");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length)));
        }
    }
}
