package dev.ratelimit.quota.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;

/**
 * Notices of a server's maintenance, which Lettuce asks for from version 7 on. A store does without: it decides by
 * itself when a connection is lost. Lettuce 6.6 has neither the notices nor the class.
 */
final class MaintenanceNotices {

    private MaintenanceNotices() {}

    /** Does nothing where the client cannot ask for them. */
    static void switchOff(ClientOptions.Builder options) {
        try {
            Known.switchOff(options);
        } catch (LinkageError thereAreNone) {
            // Lettuce 6.
        }
    }

    /** Loaded only when it is called, so that the class above can be without what this one names. */
    private static final class Known {

        static void switchOff(ClientOptions.Builder options) {
            options.maintNotificationsConfig(MaintNotificationsConfig.disabled());
        }
    }
}
