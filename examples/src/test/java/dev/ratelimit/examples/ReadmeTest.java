package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Shown code is run code: each Java block of README and guide stands in one of the examples, all of which are tested.
 *
 * <p>A block is found in a file if its lines are there in their order; the examples may have more between them, and
 * may be wrapped differently. Comments, empty lines and lone braces do not count.
 */
class ReadmeTest {

    private static final Path ROOT =
            Path.of("").toAbsolutePath().getFileName().toString().equals("examples") ? Path.of("..") : Path.of("");

    private record Block(String where, List<String> lines) {}

    @TestFactory
    Stream<DynamicTest> everyBlockStandsInAnExample() throws IOException {
        List<String> examples = examples();
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            for (Block block : blocks(ROOT.relativize(document).toString(), Files.readAllLines(document))) {
                tests.add(DynamicTest.dynamicTest(
                        block.where(),
                        () -> assertThat(examples)
                                .as("an example with the lines %s, in this order", block.lines())
                                .anyMatch(example -> contains(example, block.lines()))));
            }
        }
        // A factory without tests would not even be mentioned.
        tests.add(DynamicTest.dynamicTest(
                "the examples are there", () -> assertThat(examples).isNotEmpty()));
        return tests.stream();
    }

    @Test
    void blocksAreFoundInMarkdown() {
        List<Block> blocks = blocks(
                "x.md",
                List.of("text", "```java", "int a = 1; // one", "", "}", "```", "```sh", "ls", "```", "```java"));
        assertThat(blocks).containsExactly(new Block("x.md:2", List.of("inta=1;")), new Block("x.md:10", List.of()));
    }

    @Test
    void linesMustBeThereInTheirOrder() {
        String example = squeezed("first();\n  second(1,\n 2);\nthird();");
        assertThat(contains(example, List.of("first();", "second(1,2);"))).isTrue();
        assertThat(contains(example, List.of("first();", "third();"))).isTrue();
        assertThat(contains(example, List.of("third();", "first();"))).isFalse();
        assertThat(contains(example, List.of("fourth();"))).isFalse();
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        if (Files.exists(ROOT.resolve("README.md"))) {
            documents.add(ROOT.resolve("README.md"));
        }
        Path guide = ROOT.resolve("docs/guide");
        if (Files.isDirectory(guide)) {
            try (Stream<Path> files = Files.list(guide)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
            }
        }
        return documents;
    }

    private static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples/src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> {
                        try {
                            return squeezed(Files.readString(file));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    private static List<Block> blocks(String name, List<String> document) {
        List<Block> blocks = new ArrayList<>();
        boolean java = false;
        boolean fenced = false;
        for (int i = 0; i < document.size(); i++) {
            String line = document.get(i).strip();
            if (line.startsWith("```")) {
                fenced = !fenced;
                java = fenced && line.equals("```java");
                if (java) {
                    blocks.add(new Block(name + ":" + (i + 1), new ArrayList<>()));
                }
            } else if (java) {
                String code = squeezed(line);
                if (!code.isEmpty() && !code.equals("}")) {
                    blocks.get(blocks.size() - 1).lines().add(code);
                }
            }
        }
        return blocks;
    }

    private static boolean contains(String example, List<String> lines) {
        int at = 0;
        for (String line : lines) {
            int found = example.indexOf(line, at);
            if (found < 0) {
                return false;
            }
            at = found + line.length();
        }
        return true;
    }

    private static String squeezed(String code) {
        return code.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s", "");
    }
}
