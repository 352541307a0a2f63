package dev.ratelimit.quota.jdbc;

import dev.ratelimit.quota.spi.Counter;

/**
 * What stands before the names of an application's counters, so that several applications can count in one table.
 *
 * @param prefix empty, or a name and a colon, which no counter's name has
 */
record Namespace(String prefix) {

    /** Counters stand under their own names. */
    static final Namespace NONE = new Namespace("");

    /** The most characters of a name. */
    static final int MAX = Counter.MAX_QUOTA_LENGTH;

    /** The namespace of a name. */
    static Namespace of(String name) {
        if (!Counter.isQuotaName(name)) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to " + MAX + " of A-Z a-z 0-9 . _ - but was \"" + name + "\"");
        }
        return new Namespace(name + ":");
    }

    /** The name in the table. */
    String stored(String counter) {
        return prefix.isEmpty() ? counter : prefix.concat(counter);
    }

    /** The name of a counter that stands in the table. */
    String counter(String stored) {
        return stored.substring(prefix.length());
    }

    /** How many characters a name in the table may have. */
    int maxName() {
        return prefix.length() + Counter.MAX_NAME_LENGTH;
    }
}
