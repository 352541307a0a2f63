package dev.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;

/**
 * The notices of a server's maintenance, which Lettuce 7 and later subscribe to. A store does not need them, because it
 * detects lost connections itself. Lettuce 6.6 has neither the notices nor the class.
 */
final class MaintenanceNotices {

    private MaintenanceNotices() {}

    /** Switches the notices off. Does nothing if the client has none. */
    static void switchOff(ClientOptions.Builder options) {
        try {
            Known.switchOff(options);
        } catch (LinkageError thereAreNone) {
            // Lettuce 6.
        }
    }

    /**
     * The part that needs Lettuce 7. It is loaded only when it is called, so the outer class also works without
     * Lettuce 7.
     */
    private static final class Known {

        static void switchOff(ClientOptions.Builder options) {
            options.maintNotificationsConfig(MaintNotificationsConfig.disabled());
        }
    }
}
