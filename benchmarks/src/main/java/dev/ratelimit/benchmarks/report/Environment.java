package dev.ratelimit.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneId.systemDefault()).toString());
        facts.put("command", args[1]);
        facts.put("commit", args[2]);
        facts.put("cpu", cpu());
        facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        versions().forEach((library, version) -> facts.put("version." + library, version));
        StringBuilder text = new StringBuilder();
        facts.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        Files.writeString(Path.of(args[0]), text);
    }

    /** Reads what {@link #main} wrote. */
    static Environment read(Path file) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int colon = line.indexOf(": ");
            if (colon < 1) {
                throw new IllegalArgumentException(file + " has a line that is not \"name: value\": " + line);
            }
            facts.put(line.substring(0, colon), line.substring(colon + 2));
        }
        Environment environment = new Environment(facts);
        for (String name : List.of("date", "command", "commit", "cpu", "cores", "os", "jdk", "version.ratelimit")) {
            if (!facts.containsKey(name)) {
                throw new IllegalArgumentException(file + " does not say the " + name);
            }
        }
        return environment;
    }

    String get(String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }

    /** The machine, in one line. */
    String machine() {
        return get("cpu") + ", " + get("cores") + " cores, " + get("os");
    }

    /** The version of a library. */
    String version(String library) {
        return facts.getOrDefault("version." + library, "?");
    }

    /** The versions of this library and of the libraries that one of the labels names, in one line. */
    String libraries(Collection<String> labels) {
        StringBuilder line = new StringBuilder("ratelimit " + version("ratelimit") + " (" + get("commit") + ")");
        for (String library : List.of("Bucket4j", "Guava", "Resilience4j", "Failsafe", "Sentinel", "Caffeine")) {
            if (labels.stream().anyMatch(label -> label.contains(library))) {
                line.append(", ").append(library).append(' ').append(version(library.toLowerCase(Locale.ROOT)));
            }
        }
        return line.toString();
    }

    private static String cpu() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (Files.isReadable(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return "unknown processor";
    }

    private static Map<String, String> versions() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Environment.class.getResourceAsStream("versions.properties")) {
            properties.load(Objects.requireNonNull(in, "versions.properties"));
        }
        Map<String, String> versions = new LinkedHashMap<>();
        properties.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> versions.put(name, properties.getProperty(name)));
        return versions;
    }
}
