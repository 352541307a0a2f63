package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/** The exceptions of lists, with messages that say what is wrong, where, and what to do. A list changes nothing. */
final class ListingTrouble {

    /** The rights that a list needs in addition to {@link CounterTrial#RIGHTS}. */
    static final String RIGHTS = "+scan";

    private ListingTrouble() {}

    static StoreException of(String what, @Nullable Throwable cause) {
        return new StoreException(Certainty.NOT_APPLIED, "counters cannot be listed: " + what, cause);
    }

    static StoreException late(Link.Server server) {
        return of(server.name() + " did not tell of all its counters by the deadline; set a longer one", null);
    }

    static StoreException failed(Link.Server server, String what, Throwable cause) {
        String error = String.valueOf(cause.getMessage());
        if (!(cause instanceof RedisCommandExecutionException)) {
            return of(server.name() + " failed: " + error, cause);
        }
        String refused = server.name() + " refuses " + what + ": " + error;
        if (Refusals.isUnknownCommand(error)) {
            return of(refused + "; take back the rename-command of it in the server's configuration", cause);
        }
        if (Refusals.code(error).equals("NOPERM")) {
            String rights = what.equals("SCAN") ? RIGHTS : CounterTrial.RIGHTS;
            return of(refused + "; give the user what lists need: ACL SETUSER <user> " + rights, cause);
        }
        return of(refused, cause);
    }
}
