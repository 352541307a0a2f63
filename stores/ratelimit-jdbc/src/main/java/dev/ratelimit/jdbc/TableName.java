package dev.ratelimit.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of the table of counters, from which those of the other table and of the index follow: {@code quota}, {@code
 * app.quota}, or with quotes where case or characters matter, {@code "App"."quota-1"}.
 *
 * @param schema its schema; null for the default of the connection
 * @param table its own name
 */
record TableName(@Nullable Part schema, Part table) {

    /** One part of a name. Its text is checked, so that it needs no escapes. */
    record Part(String text, boolean quoted) {

        private String text(Dialect dialect, String suffix) {
            String quote = quoted ? dialect.quote() : "";
            return quote + text + suffix + quote;
        }

        /** Returns the name as the database stores it in its catalog. */
        String stored(DatabaseMetaData database) throws SQLException {
            if (quoted) {
                return text;
            } else if (database.storesUpperCaseIdentifiers()) {
                return text.toUpperCase(Locale.ROOT);
            }
            return database.storesLowerCaseIdentifiers() ? text.toLowerCase(Locale.ROOT) : text;
        }
    }

    private static final String PLAIN = "[A-Za-z][A-Za-z0-9_]{0,39}";
    private static final String QUOTED = "\"[A-Za-z0-9_$-]{1,40}\"|`[A-Za-z0-9_$-]{1,40}`";
    private static final Pattern NAME =
            Pattern.compile("(?:(" + PLAIN + "|" + QUOTED + ")\\.)?(" + PLAIN + "|" + QUOTED + ")");

    /** Parses a name. */
    static TableName of(String text) {
        Matcher matcher = NAME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "table must be a name such as quota, app.quota or \"App\".\"quota-1\": each part a letter, then up"
                            + " to 39 of A-Z a-z 0-9 _, or in quotes 1 to 40 of A-Z a-z 0-9 _ $ -, but was"
                            + " \"" + text + "\"");
        }
        @Nullable String schema = matcher.group(1);
        return new TableName(schema == null ? null : part(schema), part(matcher.group(2)));
    }

    private static Part part(String text) {
        boolean quoted = text.startsWith("\"") || text.startsWith("`");
        return new Part(quoted ? text.substring(1, text.length() - 1) : text, quoted);
    }

    /** Returns the name for statements, with a suffix. */
    String text(Dialect dialect, String suffix) {
        return (schema == null ? "" : schema.text(dialect, "") + ".") + withoutSchema(dialect, suffix);
    }

    /** Returns the same without the schema. An index is created in the schema of its table. */
    String withoutSchema(Dialect dialect, String suffix) {
        return table.text(dialect, suffix);
    }
}
