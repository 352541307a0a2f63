package dev.ratelimit.testservers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Redis cluster of three masters without replicas on this machine, which share all slots. Thread-safe. */
public final class RedisCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisServer> masters;

    private RedisCluster(List<RedisServer> masters) {
        this.masters = List.copyOf(masters);
    }

    /**
     * Starts a cluster.
     *
     * @return the cluster, which answers for all slots
     */
    public static RedisCluster start() {
        List<RedisServer> masters = new ArrayList<>();
        for (int i = 0; i < MASTERS; i++) {
            masters.add(RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
        }
        RedisCluster cluster = new RedisCluster(masters);
        cluster.join();
        return cluster;
    }

    /**
     * Returns the masters.
     *
     * @return three
     */
    public List<RedisServer> masters() {
        return masters;
    }

    /** Stops all. */
    @Override
    public void close() {
        masters.forEach(RedisServer::close);
    }

    private void join() {
        for (int i = 0; i < MASTERS; i++) {
            int first = SLOTS * i / MASTERS;
            int last = SLOTS * (i + 1) / MASTERS - 1;
            RedisServer master = masters.get(i);
            master.call("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
            master.call("CLUSTER", "ADDSLOTSRANGE", String.valueOf(first), String.valueOf(last));
        }
        RedisServer hub = masters.get(0);
        for (RedisServer other : masters.subList(1, MASTERS)) {
            hub.call("CLUSTER", "MEET", "127.0.0.1", String.valueOf(other.port()));
        }
        if (!Waiting.until(PATIENCE, this::isReady)) {
            close();
            throw new IllegalStateException("the cluster did not come together");
        }
    }

    private boolean isReady() {
        return masters.stream()
                .map(master -> master.call("CLUSTER", "INFO"))
                .allMatch(info -> info.contains("cluster_state:ok")
                        && info.contains("cluster_known_nodes:" + MASTERS)
                        && info.contains("cluster_slots_ok:" + SLOTS));
    }
}
