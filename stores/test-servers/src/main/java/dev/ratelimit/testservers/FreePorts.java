package dev.ratelimit.testservers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address.
 *
 * <p>They are below the range that systems use for outgoing connections, so that no connection takes one before its
 * server does.
 */
public final class FreePorts {

    private static final int FIRST = 12_000;
    private static final int END = 22_000;
    private static final int TRIES = 1_000;

    /**
     * The distance from the port of a Redis node to its cluster port, which is also below the range of outgoing
     * connections.
     */
    private static final int CLUSTER_BUS = 10_000;

    private FreePorts() {}

    /**
     * Returns a port from 12,000 to 21,999 that is free now, as is the one that is 10,000 above it.
     *
     * @return the port
     */
    public static int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && isFree(port + CLUSTER_BUS)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + END);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
