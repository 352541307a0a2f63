package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A temporary folder is a folder below {@code java.io.tmpdir} that is deleted with all that is in it: when it is
 * closed, or else when the JVM ends in an orderly way. Thread-safe.
 */
public final class TemporaryFolder implements AutoCloseable {

    private final Path path;
    private final Thread atEnd;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.atEnd = new Thread(this::delete, "delete " + path);
    }

    /**
     * Creates a folder.
     *
     * @param prefix what its name starts with
     * @return the folder
     */
    public static TemporaryFolder create(String prefix) {
        try {
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix));
            Runtime.getRuntime().addShutdownHook(folder.atEnd);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }

    /**
     * Returns where it is.
     *
     * @return its path
     */
    public Path path() {
        return path;
    }

    /** Deletes the folder and all that is in it. */
    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException ending) {
            // The hook runs, or has run.
        }
    }

    private void delete() {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
