package dev.ratelimit.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** The names of the methods of benchmarks in the report, from {@code names.properties}. */
final class Names {

    /** The methods that are named after libraries, without their suffixes. */
    static final List<String> PEERS =
            List.of("guava bucket4j bucket4jSynchronized bucket4jCaffeine resilience4j failsafe failsafeBursty sentinel"
                    .split(" ", -1));

    private static final Properties LABELS = read("names.properties");

    private Names() {}

    /** The label of a method that is named after a library, a floor or a way to wait; this library for all others. */
    static String label(String method) {
        return LABELS.getProperty(method, "ratelimit");
    }

    /** The label of a method of one class; the class may have a label of its own for it. */
    static String label(String type, String method) {
        return LABELS.getProperty(type + "." + method, label(method));
    }

    /** Reads properties that lie beside the classes of the report. */
    static Properties read(String file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** Reads a text that lies beside the classes of the report. */
    static String text(String file) {
        try (InputStream in = Names.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
