package dev.ratelimit.core.internal.compose;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;

/**
 * Generator of random words from a secret, the same each time: the first 64 bits of SHA-256 (FIPS 180-4) of a counter
 * and the secret. Not thread-safe.
 */
public final class SecretWords implements RandomGenerator {

    private final byte[] secret;
    private final MessageDigest digest;
    private long counter;

    /**
     * Creates the words of a secret.
     *
     * @param secret any characters
     */
    public SecretWords(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has to have SHA-256", e);
        }
    }

    @Override
    public long nextLong() {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, counter++));
        return ByteBuffer.wrap(digest.digest(secret)).getLong();
    }
}
