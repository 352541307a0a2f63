package dev.ratelimit.testservers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Commands to a Redis server on this machine, each over a separate connection. */
final class RedisCommands {

    private static final int TIMEOUT_MILLIS = 2_000;

    private RedisCommands() {}

    /** The reply: text as it is, nested parts in lines; an error throws. */
    static String call(int port, String... words) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(encoded(words));
            return reply(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words) + " at port " + port, e);
        }
    }

    /** Whether a server answers, well or badly. */
    static boolean answers(int port) {
        try {
            return call(port, "PING").equals("PONG");
        } catch (UncheckedIOException notYet) {
            return false;
        } catch (IllegalStateException refused) {
            return !String.valueOf(refused.getMessage()).contains("LOADING");
        }
    }

    private static byte[] encoded(String... words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(("*" + words.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static String reply(InputStream in) throws IOException {
        String line = line(in);
        String rest = line.isEmpty() ? "" : line.substring(1);
        char type = line.isEmpty() ? ' ' : line.charAt(0);
        if (type == '+' || type == ':') {
            return rest;
        }
        if (type == '$') {
            return bulk(in, Integer.parseInt(rest));
        }
        if (type == '*') {
            StringBuilder parts = new StringBuilder();
            for (int i = Integer.parseInt(rest); i > 0; i--) {
                parts.append(reply(in)).append('\n');
            }
            return parts.toString();
        }
        throw new IllegalStateException(line);
    }

    private static String bulk(InputStream in, int length) throws IOException {
        if (length < 0) {
            return "";
        }
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        line(in);
        return text;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
