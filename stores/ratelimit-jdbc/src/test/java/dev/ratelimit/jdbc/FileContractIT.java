package dev.ratelimit.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** The rules, in a file. It depends on nothing that could be cut off. */
class FileContractIT extends QuotaStoreContract {

    @TempDir
    private Path folder;

    private @Nullable JdbcQuotaStore last;
    private final Instant start = Instant.now();
    private volatile Duration elapsed = Duration.ZERO;

    @Override
    public QuotaStore createStore() {
        JdbcQuotaStore store = JdbcQuotaStore.builder(file())
                .clock(this::now)
                .databaseClock(session -> now().toEpochMilli())
                .createTables()
                .build();
        last = store;
        return store;
    }

    private Path file() {
        return folder.resolve("quota");
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(JdbcQuotaStore.builder(file())
                .clock(this::now)
                .databaseClock(session -> now().toEpochMilli())
                .build());
    }

    @Override
    public Optional<QuotaStore> reopen(QuotaStore open) {
        open.close();
        return Optional.of(createStore());
    }

    @Override
    public Instant now() {
        return start.plus(elapsed);
    }

    @Override
    public boolean advance(Duration time) {
        elapsed = elapsed.plus(time);
        return true;
    }

    @Override
    public void upkeep() {
        Objects.requireNonNull(last).purge();
    }

    @Override
    public OptionalLong keptCounters() {
        try (HikariDataSource source = TestDatabase.pool("jdbc:h2:file:" + file() + ";USER=sa")) {
            return OptionalLong.of(ServerContract.count(source, "ratelimit_quota"));
        }
    }
}
