package dev.ratelimit.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The last output of a process, read by a thread that ends with the process. */
final class OutputTail {

    private static final int MAX = 16_384;

    private final StringBuilder tail = new StringBuilder();

    private OutputTail() {}

    static OutputTail of(Process process) {
        OutputTail output = new OutputTail();
        Thread reader = new Thread(() -> output.read(process.getInputStream()), "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
        return output;
    }

    private void read(InputStream in) {
        byte[] buffer = new byte[4096];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            append("[" + e.getMessage() + "]");
        }
    }

    private synchronized void append(String text) {
        tail.append(text);
        if (tail.length() > MAX) {
            tail.delete(0, tail.length() - MAX);
        }
    }

    synchronized String text() {
        return tail.toString();
    }
}
