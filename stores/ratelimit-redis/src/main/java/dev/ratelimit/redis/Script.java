package dev.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** The script of an operation: the text of a Lua script, and its digest, by which the server knows it. */
enum Script {
    ACQUIRE("counter", "acquire"),
    ADJUST("counter", "adjust"),
    GROUP("counter", "group"),
    READ("counter", "read"),
    PROBE("counter", "probe"),
    RATE("budget", "rate"),
    RATE_PROBE("rateprobe");

    private final String text;
    private final String digest;

    Script(String... resources) {
        this.text = Arrays.stream(resources).map(Script::resource).collect(Collectors.joining());
        this.digest = digestOf(text);
    }

    String text() {
        return text;
    }

    /** SHA-1 in hexadecimal. */
    String digest() {
        return digest;
    }

    private static String resource(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the module lacks its script " + name + ".lua");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the script " + name + ".lua", e);
        }
    }

    private static String digestOf(String text) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-1", e);
        }
    }
}
