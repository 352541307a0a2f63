package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions of the start, with messages that say what is wrong, where, and what to do. Nothing was written. No
 * message contains a password.
 */
final class StartTrouble {

    /** The further rights that the client needs in a cluster. */
    static final String CLUSTER_RIGHTS = " +cluster +client";

    private StartTrouble() {}

    static StoreException of(String message, @Nullable Throwable cause) {
        return new StoreException(Certainty.NOT_APPLIED, message, cause);
    }

    static StoreException interrupted(String server, Throwable cause) {
        return of("interrupted while connecting to " + server, cause);
    }

    static StoreException unreachable(String server, Throwable cause) {
        for (Throwable each : chain(cause)) {
            String message = String.valueOf(each.getMessage());
            String code = Refusals.code(message);
            if (code.equals("WRONGPASS") || code.equals("NOAUTH") || message.contains("invalid username-password")) {
                return of(server + " refused the user or the password; set both right in the RedisURI", cause);
            }
        }
        return of(server + " cannot be reached" + reason(cause), cause);
    }

    static StoreException refused(String server, Trial.Refusal refusal, Trial<?> trial, boolean cluster) {
        String what = server + " refuses " + refusal.what() + ": " + refusal.error() + "; ";
        if (Refusals.code(refusal.error()).equals("READONLY")) {
            return of(
                    server + " is a replica, which cannot be written; name its master, or the Sentinels that know it",
                    null);
        }
        if (Refusals.isUnknownCommand(refusal.error())) {
            return of(what + "take back the rename-command of it in the server's configuration", null);
        }
        String rights = "ACL SETUSER <user> ~" + trial.names().pattern() + " " + trial.rights()
                + (cluster ? CLUSTER_RIGHTS : "");
        return of(what + "give the user what the store needs: " + rights, null);
    }

    private static String reason(Throwable cause) {
        for (Throwable each : chain(cause)) {
            if (each instanceof ConnectException) {
                return ": nothing listens there; check that it runs, and that host and port are right";
            }
            if (each instanceof UnknownHostException) {
                return ": the host is not known; check that its name is right, and that this machine can"
                        + " resolve it";
            }
            if (each instanceof SSLException) {
                return ": TLS failed; check that both sides use it, and that this one trusts the certificate";
            }
            if (each instanceof TimeoutException || each instanceof RedisCommandTimeoutException) {
                return ": no answer in time; check that no firewall is between, and that TLS is the same on"
                        + " both sides";
            }
        }
        return "; check that it runs, and that host, port and TLS are right";
    }

    private static List<Throwable> chain(Throwable first) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = first; each != null && !chain.contains(each); each = each.getCause()) {
            chain.add(each);
        }
        return chain;
    }
}
