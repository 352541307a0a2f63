package dev.ratelimit.examples.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A short answer that is made here: plain text, or a problem. */
public final class ShortAnswer {

    private ShortAnswer() {}

    public static void send(Exchange exchange, int status, String text) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", text);
    }

    public static void send(Exchange exchange, int status, String mediaType, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.set("Content-Type", mediaType);
        exchange.send(status, body);
    }
}
