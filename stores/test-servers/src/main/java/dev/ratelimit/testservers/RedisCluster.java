package dev.ratelimit.testservers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Redis cluster of three masters on this machine, which share all slots; without replicas at first. Thread-safe. */
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
            masters.add(startNode());
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

    /**
     * Returns the master of a key's slot.
     *
     * @param key the key
     * @return the master
     */
    public RedisServer ownerOf(String key) {
        int slot = Integer.parseInt(masters.get(0).call("CLUSTER", "KEYSLOT", key));
        for (int i = 0; i < MASTERS - 1; i++) {
            if (slot < firstSlot(i + 1)) {
                return masters.get(i);
            }
        }
        return masters.get(MASTERS - 1);
    }

    /**
     * Starts a replica, which takes its master's place when that is gone.
     *
     * @param master one of the masters
     * @return the replica, which has caught up and is known to all; the caller's to close
     */
    public RedisServer startReplica(RedisServer master) {
        RedisServer replica = startNode();
        String id = master.call("CLUSTER", "MYID");
        String own = replica.call("CLUSTER", "MYID");
        replica.call("CLUSTER", "MEET", "127.0.0.1", String.valueOf(master.port()));
        boolean met =
                Waiting.until(PATIENCE, () -> replica.call("CLUSTER", "INFO").contains("cluster_state:ok"));
        if (met) {
            replica.call("CLUSTER", "REPLICATE", id);
            replica.awaitCaughtUp();
            met = Waiting.until(
                    PATIENCE,
                    () -> masters.stream()
                            .allMatch(other ->
                                    other.call("CLUSTER", "REPLICAS", id).contains(own)));
        }
        if (!met) {
            replica.close();
            throw new IllegalStateException("the replica did not become known to the cluster");
        }
        return replica;
    }

    private static RedisServer startNode() {
        return RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000");
    }

    private static int firstSlot(int master) {
        return SLOTS * master / MASTERS;
    }

    /** Stops all. */
    @Override
    public void close() {
        masters.forEach(RedisServer::close);
    }

    private void join() {
        for (int i = 0; i < MASTERS; i++) {
            int first = firstSlot(i);
            int last = firstSlot(i + 1) - 1;
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
