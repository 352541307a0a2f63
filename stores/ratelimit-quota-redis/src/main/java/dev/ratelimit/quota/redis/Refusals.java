package dev.ratelimit.quota.redis;

import java.util.Set;

/**
 * The errors with which a server says that it has changed nothing.
 *
 * <p>An error that a script may also meet after its first write is not among them: it could have counted. Want of
 * memory is, since a server stops a script for it only before its first write.
 */
final class Refusals {

    static final String NO_SCRIPT = "NOSCRIPT";

    /** So begins the error for a command that is not there; a script that calls one gets another text. */
    private static final String UNKNOWN_COMMAND = "ERR unknown command";

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
            "NOPERM",
            "NOREPLICAS",
            "OOM",
            "READONLY",
            "TRYAGAIN",
            "WRONGTYPE");

    /**
     * A replica, a replica without its master, a master without its replicas, and a server that has just started: each
     * may be what a failover has left, while the address leads to the new master by now.
     */
    private static final Set<String> WRONG_SERVER = Set.of("LOADING", "MASTERDOWN", "NOREPLICAS", "READONLY");

    /** What passes when memory is free again, a disk or a replica is back, or a server has started. */
    private static final Set<String> PASSING =
            Set.of("BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "OOM", "TRYAGAIN");

    private Refusals() {}

    static boolean isRefusal(String error) {
        return CODES.contains(code(error)) || error.startsWith(UNKNOWN_COMMAND);
    }

    /** Whether the server does not know the command, by that name. */
    static boolean isUnknownCommand(String error) {
        return error.contains("nknown command") || error.contains("Unknown Redis command");
    }

    /** Whether the error may end without anybody changing the server's configuration. */
    static boolean mayPass(String error) {
        return PASSING.contains(code(error));
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
