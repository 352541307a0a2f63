package dev.ratelimit.jdbc;

import dev.ratelimit.quota.spi.Counter;

/**
 * The prefix of an application's counters, so that several applications can count in one table.
 *
 * @param prefix empty, or a name and a colon, which no counter's name has
 */
record Namespace(String prefix) {

    /** The empty namespace: counters have their own names. */
    static final Namespace NONE = new Namespace("");

    /** The maximum length of a name. */
    static final int MAX = Counter.MAX_QUOTA_LENGTH;

    /** The namespace of a name. */
    static Namespace of(String name) {
        if (!Counter.isQuotaName(name)) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to " + MAX + " of A-Z a-z 0-9 . _ - but was \"" + name + "\"");
        }
        return new Namespace(name + ":");
    }

    /** Returns the name in the table. */
    String stored(String counter) {
        return prefix.isEmpty() ? counter : prefix.concat(counter);
    }

    /** Returns the counter's name from the name in the table. */
    String counter(String stored) {
        return stored.substring(prefix.length());
    }

    /** The maximum length of a name in the table. */
    int maxName() {
        return prefix.length() + Counter.MAX_NAME_LENGTH;
    }
}
