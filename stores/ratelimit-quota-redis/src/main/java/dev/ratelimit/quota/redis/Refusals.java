package dev.ratelimit.quota.redis;

import java.util.Set;

/**
 * The errors with which a server says that it has changed nothing.
 *
 * <p>An error that a script may also meet after its first write is not among them: it could have counted. Want of memory is,
 * since a server stops a script for it only before its first write.
 */
final class Refusals {

    static final String NO_SCRIPT = "NOSCRIPT";

    private static final Set<String> CODES = Set.of(
            NO_SCRIPT,
            "ASK",
            "BUSY",
            "CLUSTERDOWN",
            "CROSSSLOT",
            "LOADING",
            "MASTERDOWN",
            "MOVED",
            "NOAUTH",
            "NOREPLICAS",
            "OOM",
            "READONLY",
            "TRYAGAIN",
            "WRONGTYPE");

    /**
     * A replica, a replica without its master, a master without its replicas, and a server that has just started: each may be what
     * a failover has left, while the address leads to the new master by now.
     */
    private static final Set<String> WRONG_SERVER = Set.of("LOADING", "MASTERDOWN", "NOREPLICAS", "READONLY");

    private Refusals() {}

    static boolean isRefusal(String error) {
        return CODES.contains(code(error));
    }

    static boolean mayBeTheWrongServer(String error) {
        return WRONG_SERVER.contains(code(error));
    }

    /** The first word of an error. */
    static String code(String error) {
        int end = error.indexOf(' ');
        return end < 0 ? error : error.substring(0, end);
    }
}
