package dev.ratelimit.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The machine and the software of the measurements, from {@code environment.txt} next to the results: a line for each
 * fact.
 *
 * <p>Written when measuring begins by {@code benchmarks/all}; the arguments are the file, the command and the commit.
 */
public final class Environment {

    private final Map<String, String> facts;

    private Environment(Map<String, String> facts) {
        this.facts = facts;
    }

    /**
     * Writes the facts of this machine and of the libraries.
     *
     * @param args the file, the command that measures, the commit
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: Environment FILE COMMAND COMMIT");
            System.exit(2);
        }
        List<String> facts = new ArrayList<>(List.of(
                "date: " + LocalDate.now(ZoneId.systemDefault()),
                "command: " + args[1],
                "commit: " + args[2],
                "cpu: " + cpu(),
                "cores: " + Runtime.getRuntime().availableProcessors(),
                "os: " + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "jdk: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")));
        Properties versions = Names.read("versions.properties");
        versions.stringPropertyNames().stream()
                .sorted()
                .forEach(library -> facts.add("version." + library + ": " + versions.getProperty(library)));
        Files.write(Path.of(args[0]), facts);
    }

    /** Reads what {@link #main} wrote. */
    static Environment read(Path file) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] fact = line.split(": ", 2);
            if (fact.length < 2) {
                throw new IllegalArgumentException(file + " has a line that is not \"name: value\": " + line);
            }
            facts.put(fact[0], fact[1]);
        }
        for (String name : List.of("date", "command", "commit", "cpu", "cores", "os", "jdk", "version.ratelimit")) {
            if (!facts.containsKey(name)) {
                throw new IllegalArgumentException(file + " does not say the " + name);
            }
        }
        facts.put("machine", facts.get("cpu") + ", " + facts.get("cores") + " cores, " + facts.get("os"));
        return new Environment(facts);
    }

    /** A fact by its name, or {@code machine}: the processor, the cores and the operating system. */
    String fact(String name) {
        return facts.getOrDefault(name, "?");
    }

    /** The version of a library. */
    String version(String library) {
        return fact("version." + library);
    }

    /** The versions of this library and of the libraries that panels show, in one line. */
    String libraries(List<Panel> panels) {
        StringBuilder line = new StringBuilder("ratelimit " + version("ratelimit") + " (" + fact("commit") + ")");
        for (String library : List.of("Bucket4j", "Guava", "Resilience4j", "Failsafe", "Sentinel", "Caffeine")) {
            if (panels.stream().anyMatch(panel -> panel.names(library))) {
                line.append(", ").append(library).append(' ').append(version(library.toLowerCase(Locale.ROOT)));
            }
        }
        return line.toString();
    }

    private static String cpu() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        return (Files.isReadable(file) ? Files.readAllLines(file) : List.<String>of())
                .stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown processor");
    }
}
