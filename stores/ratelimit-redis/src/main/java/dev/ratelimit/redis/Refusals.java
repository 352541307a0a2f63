package dev.ratelimit.redis;

import java.util.Set;

/**
 * The errors with which a server says that it has changed nothing.
 *
 * <p>An error that may also occur after a script's first write is not among them, because the script may have counted.
 * "Out of memory" is among them, because a server stops a script for it only before its first write.
 */
final class Refusals {

    static final String NO_SCRIPT = "NOSCRIPT";

    /** What a script answers if it cannot read what is under its key. */
    private static final String UNREADABLE = "UNREADABLE";

    /** The start of the error for a missing command. A script that calls a missing command gets another text. */
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
            UNREADABLE,
            "WRONGTYPE");

    /**
     * A replica, a replica without its master, a master without its replicas, and a server that has just started: after
     * a failover, the connection may lead to such a server, while the address already leads to the new master.
     */
    private static final Set<String> WRONG_SERVER = Set.of("LOADING", "MASTERDOWN", "NOREPLICAS", "READONLY");

    /** The errors that end when memory is free again, a disk or a replica is back, or a server has started. */
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

    /** Whether the error may end without a change of the server's configuration. */
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
