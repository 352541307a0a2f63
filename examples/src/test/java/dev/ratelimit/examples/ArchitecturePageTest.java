package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The maps of ARCHITECTURE.md agree with the source: each module has one map, which names each class of its {@code
 * src/main} once, in a table of the class's package.
 *
 * <p>A map begins at the heading {@code ### `module`}. A table belongs to the package that stands first in its head.
 * A package may have several tables. A name counts as a class if it stands alone in backticks and begins with a
 * capital letter; so {@code `Decision.allowed()`} and {@code `acquire.lua`} do not count.
 *
 * <p>The list "Where to begin" may name a class any number of times, and names only classes that exist.
 */
class ArchitecturePageTest {

    private static final Path ROOT =
            Path.of("").toAbsolutePath().getFileName().toString().equals("examples") ? Path.of("..") : Path.of("");

    private static final String LIST = "## Where to begin";
    private static final Pattern MODULE = Pattern.compile("### `([^`]+)`");
    private static final Pattern PACKAGE = Pattern.compile("\\| `(dev\\.ratelimit[.\\w]*)`.*");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*)`");

    /** The classes by module and package; a map keeps a name as often as the page has it. */
    private record Classes(Map<String, Map<String, List<String>>> byModule) {

        List<String> of(String module, String inPackage) {
            return byModule.getOrDefault(module, Map.of()).getOrDefault(inPackage, List.of());
        }
    }

    @Test
    void eachModuleHasOneMapThatNamesEachClassOnce() throws IOException {
        List<String> page = Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"));
        assertThat(differences(page, source()))
                .as("differences between the maps of ARCHITECTURE.md and the classes in src/main;"
                        + " change the table of the package that each line names")
                .isEmpty();
    }

    @Test
    void theListOfConceptsNamesClassesThatExist() throws IOException {
        List<String> page = Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"));
        assertThat(page).contains(LIST);
        assertThat(unknownInList(page, source())).isEmpty();
    }

    @Test
    void unknownNamesInTheListAreFound() {
        Classes source = new Classes(Map.of("m", Map.of("dev.ratelimit.a", List.of("A", "B"))));
        List<String> page = List.of("`X`", LIST, "| c | `A` | `A`, `C` |", "| d | `a.lua`, `B` |", "## Next", "`Y`");
        assertThat(unknownInList(page, source)).containsExactly("C");
    }

    @Test
    void missingRepeatedAndUnknownNamesAreFound() {
        Classes source = new Classes(Map.of("m", Map.of("dev.ratelimit.a", List.of("A", "B"))));
        List<String> page = List.of("### `m`", "| `dev.ratelimit.a`: x | Classes |", "| c | `A`; `A.b()`, `C` (`A`) |");
        assertThat(differences(page, source))
                .containsExactly(
                        "m, dev.ratelimit.a: not named: B",
                        "m, dev.ratelimit.a: named more than once: A",
                        "m, dev.ratelimit.a: no such class: C");
    }

    @Test
    void missingAndRepeatedMapsAreFound() {
        Classes source = new Classes(Map.of("m", Map.of("dev.ratelimit", List.of("A"))));
        assertThat(differences(List.of("# Page"), source))
                .containsExactly("m: no heading \"### `m`\"", "m, dev.ratelimit: not named: A");
        List<String> page = List.of("### `m`", "| `dev.ratelimit` | Classes |", "| c | `A` |", "### `m`");
        assertThat(differences(page, source)).containsExactly("m: more than one heading \"### `m`\"");
    }

    @Test
    void modulesAndPackagesThatNoLongerExistAreFound() {
        List<String> page = List.of("### `old`", "| `dev.ratelimit.gone` | Classes |", "| c | `A` |");
        assertThat(differences(page, new Classes(Map.of())))
                .containsExactly("old: no such module", "old, dev.ratelimit.gone: no such class: A");
    }

    private static List<String> differences(List<String> page, Classes source) {
        List<String> differences = new ArrayList<>();
        List<String> headings = headings(page);
        Classes maps = maps(page);
        Set<String> modules = new TreeSet<>(source.byModule().keySet());
        modules.addAll(headings);
        for (String module : modules) {
            long count = headings.stream().filter(module::equals).count();
            if (!source.byModule().containsKey(module)) {
                differences.add(module + ": no such module");
            } else if (count != 1) {
                differences.add(
                        module + ": " + (count == 0 ? "no" : "more than one") + " heading \"### `" + module + "`\"");
            }
            Set<String> packages = new TreeSet<>(
                    source.byModule().getOrDefault(module, Map.of()).keySet());
            packages.addAll(maps.byModule().getOrDefault(module, Map.of()).keySet());
            for (String inPackage : packages) {
                List<String> named = maps.of(module, inPackage);
                List<String> there = source.of(module, inPackage);
                String where = module + ", " + inPackage + ": ";
                report(where + "not named: ", there.stream().filter(name -> !named.contains(name)), differences);
                report(
                        where + "named more than once: ",
                        named.stream().filter(name -> named.indexOf(name) != named.lastIndexOf(name)),
                        differences);
                report(where + "no such class: ", named.stream().filter(name -> !there.contains(name)), differences);
            }
        }
        return differences;
    }

    private static List<String> unknownInList(List<String> page, Classes source) {
        Set<String> all = new TreeSet<>();
        source.byModule().values().forEach(packages -> packages.values().forEach(all::addAll));
        return page.stream()
                .dropWhile(line -> !line.equals(LIST))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .flatMap(line -> CLASS.matcher(line).results())
                .map(name -> name.group(1))
                .filter(name -> !all.contains(name))
                .distinct()
                .toList();
    }

    private static void report(String what, Stream<String> names, List<String> differences) {
        String list = String.join(", ", names.distinct().sorted().toList());
        if (!list.isEmpty()) {
            differences.add(what + list);
        }
    }

    private static List<String> headings(List<String> page) {
        return page.stream()
                .map(MODULE::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1))
                .toList();
    }

    private static Classes maps(List<String> page) {
        Map<String, Map<String, List<String>>> maps = new TreeMap<>();
        String module = "";
        String inPackage = "";
        for (String line : page) {
            Matcher heading = MODULE.matcher(line);
            Matcher head = PACKAGE.matcher(line);
            if (line.startsWith("#")) {
                module = heading.matches() ? heading.group(1) : "";
                inPackage = "";
            } else if (head.matches()) {
                inPackage = head.group(1);
            } else if (line.startsWith("|") && !module.isEmpty() && !inPackage.isEmpty()) {
                List<String> names = maps.computeIfAbsent(module, absent -> new TreeMap<>())
                        .computeIfAbsent(inPackage, absent -> new ArrayList<>());
                CLASS.matcher(line).results().map(name -> name.group(1)).forEach(names::add);
            } else if (line.isBlank()) {
                inPackage = "";
            }
        }
        return new Classes(maps);
    }

    private static Classes source() throws IOException {
        Map<String, Map<String, List<String>>> byModule = new TreeMap<>();
        for (Path module : modules()) {
            Path sources = module.resolve("src/main/java");
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    String name = file.getFileName().toString().replace(".java", "");
                    if (name.endsWith("-info")) {
                        return;
                    }
                    byModule.computeIfAbsent(unix(ROOT.relativize(module)), absent -> new TreeMap<>())
                            .computeIfAbsent(
                                    unix(sources.relativize(file.getParent())).replace('/', '.'),
                                    absent -> new ArrayList<>())
                            .add(name);
                });
            }
        }
        return new Classes(byModule);
    }

    private static List<Path> modules() throws IOException {
        List<Path> modules = new ArrayList<>();
        for (Path parent : List.of(ROOT, ROOT.resolve("stores"))) {
            try (Stream<Path> folders = Files.list(parent)) {
                folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                        .filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
                        .forEach(modules::add);
            }
        }
        return modules;
    }

    private static String unix(Path path) {
        return path.toString().replace('\\', '/');
    }
}
