package dev.ratelimit.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The check before the first operation, which finds a server that cannot keep what the store needs. */
final class StartCheck {

    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 2;
    private static final String NO_EVICTION = "noeviction";

    private final Trial<?> trial;
    private final Logger log;
    private final boolean noEvictionAssumed;

    StartCheck(Trial<?> trial, boolean noEvictionAssumed) {
        this.trial = trial;
        this.log = LoggerFactory.getLogger(trial.store());
        this.noEvictionAssumed = noEvictionAssumed;
    }

    void check(Link link, Duration patience) {
        List<Link.Server> servers = link.servers(patience);
        boolean cluster = link instanceof Link.Cluster;
        servers.forEach(server -> check(server.name(), server.description(), cluster));
        for (Link.Server server : servers) {
            new Probe<>(link, trial, patience).run(server).ifPresent(refusal -> judge(server.name(), refusal, cluster));
        }
    }

    /** Judges a refusal. A temporary one does not prevent the start: calls fail as long as it lasts. */
    private void judge(String server, Trial.Refusal refusal, boolean cluster) {
        if (!Refusals.mayPass(refusal.error())) {
            throw StartTrouble.refused(server, refusal, trial, cluster);
        }
        log.warn("{} refuses {} at present: {}", server, refusal.what(), refusal.error());
    }

    private void check(String server, Callable<String> description, boolean cluster) {
        String info;
        try {
            info = description.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StartTrouble.interrupted(server, e);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RedisCommandExecutionException refused)) {
                throw StartTrouble.unreachable(server, e);
            }
            log.warn(
                    "{} does not let INFO be read ({}); check that its version is at least {}.{} and its maxmemory-policy {}",
                    server,
                    refused.getMessage(),
                    LEAST_MAJOR,
                    LEAST_MINOR,
                    NO_EVICTION);
            return;
        } catch (Exception e) {
            throw StartTrouble.unreachable(server, e);
        }
        check(server, info, cluster);
    }

    /** Checks the text of INFO. */
    void check(String server, String info, boolean cluster) {
        String version = value(info, "redis_version");
        if (version != null && isTooOld(version)) {
            throw StartTrouble.of(
                    server + " is version " + version + "; use Redis " + LEAST_MAJOR + "." + LEAST_MINOR
                            + " or later, or Valkey",
                    null);
        }
        if ("slave".equals(value(info, "role"))) {
            throw StartTrouble.of(
                    server + " is a replica, which cannot be written; name its master, or the Sentinels that know it",
                    null);
        }
        if (!cluster && "1".equals(value(info, "cluster_enabled"))) {
            throw StartTrouble.of(
                    server + " is part of a cluster; use connectCluster or builder(RedisClusterClient)", null);
        }
        checkEviction(server, value(info, "maxmemory_policy"));
    }

    private void checkEviction(String server, @Nullable String policy) {
        if (noEvictionAssumed || NO_EVICTION.equals(policy)) {
            return;
        }
        if (policy == null) {
            log.warn("{} does not tell its maxmemory-policy; check that it is {}", server, NO_EVICTION);
            return;
        }
        throw StartTrouble.of(
                server + " has the maxmemory-policy " + policy
                        + " and would throw " + trial.kept() + " away when memory runs short; set it to " + NO_EVICTION
                        + ", or call assumeNoEviction() if that cannot happen",
                null);
    }

    private boolean isTooOld(String version) {
        String[] parts = version.split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR);
        } catch (NumberFormatException notAVersion) {
            log.warn("the Redis server says that it is version {}, which cannot be compared", version);
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
