package dev.ratelimit.examples.lab;

import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Quotas of which nothing is used yet, in a file of their own that goes with them.
 *
 * @param folder where the file is
 * @param store what counts in it
 */
record FreshQuotas(Path folder, QuotaStore store) implements AutoCloseable {

    static FreshQuotas open() throws IOException {
        Path folder = Files.createTempDirectory("gateway-quotas");
        try {
            return new FreshQuotas(folder, JdbcQuotaStore.inFile(folder.resolve("quotas")));
        } catch (StoreException e) {
            throw new IOException("no file of quotas can be set up", e);
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
