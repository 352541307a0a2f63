package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.QuotaStoreException;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is checked before the first operation, so that a server that cannot keep counters is found out at once. */
final class StartCheck {

    private static final Logger LOG = LoggerFactory.getLogger(RedisQuotaStore.class);

    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 2;
    private static final String NO_EVICTION = "noeviction";

    private final boolean noEvictionAssumed;

    StartCheck(boolean noEvictionAssumed) {
        this.noEvictionAssumed = noEvictionAssumed;
    }

    void check(Link link, Duration patience) {
        link.descriptions(patience).forEach((server, description) -> check(server, description, link));
    }

    private void check(String server, Callable<String> description, Link link) {
        String info;
        try {
            info = description.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while connecting to " + server, e);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RedisCommandExecutionException refused)) {
                throw unreachable(server, e);
            }
            LOG.warn(
                    "{} does not let INFO be read ({}); see to it that its version is at least {}.{} and its maxmemory-policy {}",
                    server,
                    refused.getMessage(),
                    LEAST_MAJOR,
                    LEAST_MINOR,
                    NO_EVICTION);
            return;
        } catch (Exception e) {
            throw unreachable(server, e);
        }
        check(server, info, link instanceof Link.Cluster);
    }

    /** Of the text of INFO. */
    void check(String server, String info, boolean cluster) {
        String version = value(info, "redis_version");
        if (version != null && isTooOld(version)) {
            throw failure(
                    server + " is version " + version + "; use Redis " + LEAST_MAJOR + "." + LEAST_MINOR
                            + " or later, or Valkey",
                    null);
        }
        if ("slave".equals(value(info, "role"))) {
            throw failure(
                    server + " is a replica, which cannot count; name its master, or the Sentinels that know it", null);
        }
        if (!cluster && "1".equals(value(info, "cluster_enabled"))) {
            throw failure(server + " is part of a cluster; use connectCluster or builder(RedisClusterClient)", null);
        }
        checkEviction(server, value(info, "maxmemory_policy"));
    }

    private void checkEviction(String server, @Nullable String policy) {
        if (noEvictionAssumed || NO_EVICTION.equals(policy)) {
            return;
        }
        if (policy == null) {
            LOG.warn("{} does not tell its maxmemory-policy; see to it that it is {}", server, NO_EVICTION);
            return;
        }
        throw failure(
                server + " has the maxmemory-policy " + policy
                        + " and would throw counters away when memory runs short;" + " set it to " + NO_EVICTION
                        + ", or call assumeNoEviction() if that cannot happen",
                null);
    }

    static QuotaStoreException unreachable(String server, Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            String message = String.valueOf(each.getMessage());
            String code = Refusals.code(message);
            if (code.equals("WRONGPASS") || code.equals("NOAUTH") || message.contains("invalid username-password")) {
                return failure(server + " refused the user or the password; set both right in the RedisURI", cause);
            }
        }
        return failure(
                server + " cannot be reached; see to it that it runs, and that host, port and TLS are right", cause);
    }

    private static QuotaStoreException failure(String message, @Nullable Throwable cause) {
        return new QuotaStoreException(Certainty.NOT_APPLIED, message, cause);
    }

    private static boolean isTooOld(String version) {
        String[] parts = version.split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR);
        } catch (NumberFormatException notAVersion) {
            LOG.warn("the Redis server says that it is version {}, which cannot be compared", version);
            return false;
        }
    }

    private static @Nullable String value(String info, String name) {
        return Arrays.stream(info.split("\r?\n", -1))
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }
}
