package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The program of the Redis server, for this operating system and processor, in a folder of this JVM. */
final class RedisBinary {

    private static final String VERSION = "7.0.15";

    private static final class Unpacked {
        static final Path PATH = unpack();
    }

    private RedisBinary() {}

    static String path() {
        return Unpacked.PATH.toString();
    }

    private static Path unpack() {
        String name = "/redis-server-" + VERSION + "-" + system() + "-" + processor();
        try (InputStream in = RedisBinary.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no Redis server for tests for this machine: " + name);
            }
            Path program = TemporaryFolder.create("redis-program").path().resolve("redis-server");
            Files.copy(in, program);
            if (!program.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make executable: " + program);
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack " + name, e);
        }
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
    }

    private static String processor() {
        String processor = System.getProperty("os.arch");
        return processor.equals("aarch64") ? "arm64" : "amd64";
    }
}
