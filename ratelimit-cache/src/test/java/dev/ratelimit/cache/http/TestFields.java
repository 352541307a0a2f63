package dev.ratelimit.cache.http;

import org.jspecify.annotations.Nullable;

/** Fields as tests write them: lines of name and value, with semicolons between. */
final class TestFields {

    private TestFields() {}

    static Fields parse(@Nullable String text) {
        Fields fields = Fields.none();
        if (text == null) {
            return fields;
        }
        for (String line : text.split(";", -1)) {
            int colon = line.indexOf(':');
            fields = fields.with(
                    line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
        return fields;
    }
}
