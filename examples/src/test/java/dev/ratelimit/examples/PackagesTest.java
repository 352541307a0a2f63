package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is there to be copied needs nothing of what drives it. */
class PackagesTest {

    private static final Path EXAMPLES =
            Path.of("").toAbsolutePath().getFileName().toString().equals("examples")
                    ? Path.of("")
                    : Path.of("examples");

    @Test
    void theMinimalGatewayNeedsNoOtherExample() throws IOException {
        assertThat(otherPackages("minimal")).isEmpty();
    }

    @Test
    void theGatewayKnowsNothingOfTheTrafficLab() throws IOException {
        assertThat(otherPackages("gateway")).isEmpty();
    }

    @Test
    void theTrafficLabDrivesTheGateway() throws IOException {
        assertThat(otherPackages("lab")).isNotEmpty().allMatch(line -> line.contains("examples.gateway."));
    }

    /** Returns the lines of a package's files that name another package of the examples. */
    private static List<String> otherPackages(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(
                EXAMPLES.resolve("src/main/java/dev/ratelimit/examples").resolve(name))) {
            for (Path file : files.toList()) {
                Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("import ") && line.contains("dev.ratelimit.examples."))
                        .forEach(lines::add);
            }
        }
        return lines;
    }
}
