package dev.ratelimit.examples.gateway;

import dev.ratelimit.TimeSource;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The mode {@code --serve}: gateway and backend stay up until the process is told to end. */
final class Serving {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Command.StayUp command;
    private final PrintStream out;

    Serving(Command.StayUp command, PrintStream out) {
        this.command = command;
        this.out = out;
    }

    int run() throws IOException, InterruptedException {
        try (Backend backend = Backend.start();
                ApiKeyTable apiKeys = ApiKeyTable.demonstration();
                Gateway gateway = Gateway.start(new Gateway.Setup(
                        command.port(),
                        backend.uri(),
                        new TieredAdmission(apiKeys, Demonstration.NODE, TimeSource.system()),
                        command.trustForwarded(),
                        PATIENCE))) {
            String url = gateway.url();
            out.println("the gateway is at " + url + ", Ctrl-C ends it; try:");
            out.println("  curl -i " + url + "/hello");
            out.println("  curl -i -H 'X-Api-Key: gold-borealis' " + url + "/hello");
            out.println("  curl -i -H 'Content-Type: application/xml' -d '<order><account id=\"a-17\"/></order>' " + url
                    + Backend.ORDERS);
            out.println("  curl -s -o /dev/null -w '%{http_code}\\n' '" + url + "/[1-200]' | sort | uniq -c");
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        }
    }
}
