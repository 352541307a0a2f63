package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Programs from the class path, unpacked into a folder. */
final class Unpacked {

    private static final int ANY_EXECUTE = 0b001_001_001;

    private Unpacked() {}

    /** Unpacks an archive. */
    static void tarXz(InputStream archive, Path folder) throws IOException {
        tar(new XZCompressorInputStream(archive), folder);
    }

    /** Unpacks an archive. */
    static void tarGz(InputStream archive, Path folder) throws IOException {
        tar(new GZIPInputStream(archive), folder);
    }

    private static void tar(InputStream archive, Path folder) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("leads out of the folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    openFolder(target);
                    continue;
                }
                openFolder(Objects.requireNonNull(target.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    permit(target, (entry.getMode() & ANY_EXECUTE) != 0);
                }
            }
        }
    }

    /** Copies some of the folders below a folder of a jar; all files in {@code bin} are programs. */
    static void fromJar(URL root, List<String> folders, Path folder) throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(URI.create(root.toString()), Map.of())) {
            String text = root.toString();
            Path top = jar.getPath(text.substring(text.indexOf("!/") + 1));
            for (String each : folders) {
                try (Stream<Path> files = Files.walk(top.resolve(each))) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Path target = folder.resolve(top.relativize(file).toString());
                        openFolder(Objects.requireNonNull(target.getParent()));
                        Files.copy(file, target);
                        permit(target, each.startsWith("bin"));
                    }
                }
            }
        }
    }

    /** Creates a folder that all users may enter. */
    private static void openFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void permit(Path file, boolean program) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
