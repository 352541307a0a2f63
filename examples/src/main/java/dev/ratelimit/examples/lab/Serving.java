package dev.ratelimit.examples.lab;

import dev.ratelimit.TimeSource;
import dev.ratelimit.examples.gateway.ApiKeyTable;
import dev.ratelimit.examples.gateway.Gateway;
import dev.ratelimit.examples.gateway.MeteredAdmission;
import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.TieredAdmission;
import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/**
 * The mode {@code --serve}: gateway and backend run until the process is terminated.
 *
 * <p>What is used of quotas is in a file before the client has its answer, so that it does not matter how the process
 * ends.
 */
final class Serving {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Command.StayUp command;
    private final PrintStream out;

    Serving(Command.StayUp command, PrintStream out) {
        this.command = command;
        this.out = out;
    }

    int run() throws IOException, InterruptedException, UsageException {
        try (QuotaStore quotas = open(command.quotas());
                Backend backend = Backend.start();
                ApiKeyTable apiKeys = ApiKeyTable.demonstration();
                MeteredAdmission admission = new MeteredAdmission(
                        new TieredAdmission(apiKeys, Scale.FULL, TimeSource.system()), quotas, InstantSource.system());
                Gateway gateway = Gateway.start(new Gateway.Setup(
                        command.port(),
                        backend.uri(),
                        admission,
                        command.trustForwarded(),
                        PATIENCE,
                        command.caching()))) {
            String url = gateway.url();
            out.println("the gateway is at " + url + ", Ctrl-C ends it; try:");
            out.println("  curl -i " + url + "/hello");
            out.println("  curl -i " + url + Backend.CATALOGUE + "1");
            out.println("  curl -i -H 'X-Api-Key: gold-borealis' " + url + "/hello");
            out.println("  curl -i -H 'X-Api-Key: bronze-kiosk' " + url + "/hello");
            out.println("  curl -i -H 'Content-Type: application/xml' -d '<order><account id=\"a-17\"/></order>' " + url
                    + Backend.ORDERS);
            out.println("  curl -s -o /dev/null -w '%{http_code}\\n' '" + url + "/[1-200]' | sort | uniq -c");
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        }
    }

    private static QuotaStore open(Path file) throws UsageException {
        try {
            return JdbcQuotaStore.inFile(file);
        } catch (StoreException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UsageException("--quotas: " + Options.shown(file.toString()) + " cannot be used: " + reason);
        }
    }
}
