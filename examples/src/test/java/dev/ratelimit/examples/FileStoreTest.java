package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a file obeys the rules, and loses nothing in a crash that it has acknowledged. */
class FileStoreTest extends QuotaStoreContract {

    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    private Path folder = Path.of("");

    private volatile Instant now = Instant.parse("2030-06-01T12:00:00Z");

    @Override
    public QuotaStore createStore() {
        return new FileStore(folder.resolve("quotas"), this::now);
    }

    @Override
    public Optional<QuotaStore> reopen(QuotaStore open) {
        // As a crash does, it is not closed.
        return Optional.of(createStore());
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean advance(Duration time) {
        now = now.plus(time);
        return true;
    }

    @Test
    void tornLastRecordIsIgnoredAndNothingAcknowledgedIsLost() throws IOException {
        Path file = folder.resolve("quotas");
        Counter counter = Counter.of("crash", "ada", Instant.EPOCH, Instant.parse("2031-01-01T00:00:00Z"));
        OperationId id = new OperationId(UUID.randomUUID(), 1);
        long acknowledged;
        try (QuotaStore store = createStore()) {
            one(store, new Acquire(counter, 5, 5, 100, id));
            one(store, new Adjust(counter, -2, null));
            acknowledged = Files.size(file);
            store.apply(
                    List.of(Acquire.allOrNothing(counter, 10, 100), Acquire.allOrNothing(counter, 20, 100)),
                    Deadline.after(SOON));
        }
        byte[] all = Files.readAllBytes(file);
        for (int kept = (int) acknowledged; kept <= all.length; kept++) {
            Files.write(file, Arrays.copyOf(all, kept));
            try (QuotaStore store = createStore()) {
                assertThat(one(store, new Read(counter)))
                        .as("after a crash that kept %d of %d bytes", kept, all.length)
                        .isEqualTo(new Counted(0, kept == all.length ? 33 : 3));
                assertThat(one(store, new Acquire(counter, 5, 5, 100, id))).isEqualTo(new Counted(5, 5));
                one(store, Acquire.allOrNothing(counter, 1, 100));
            }
            try (QuotaStore store = createStore()) {
                assertThat(one(store, new Read(counter)))
                        .as("what was counted after the crash")
                        .isEqualTo(new Counted(0, kept == all.length ? 34 : 4));
            }
        }
    }

    @Test
    void tornBytesThatAreNotShorterAreFoundByTheChecksum() throws IOException {
        Path file = folder.resolve("quotas");
        Counter counter = Counter.of("crash", "ada", Instant.EPOCH, Instant.parse("2031-01-01T00:00:00Z"));
        try (QuotaStore store = createStore()) {
            one(store, Acquire.allOrNothing(counter, 5, 100));
            one(store, Acquire.allOrNothing(counter, 6, 100));
        }
        byte[] all = Files.readAllBytes(file);
        all[all.length - 1] ^= 1;
        Files.write(file, all);
        try (QuotaStore store = createStore()) {
            assertThat(one(store, new Read(counter))).isEqualTo(new Counted(0, 5));
        }
    }

    @Test
    void damageBeforeTheLastRecordIsNotPassedOver() throws IOException {
        Path file = folder.resolve("quotas");
        Counter counter = Counter.of("crash", "ada", Instant.EPOCH, Instant.parse("2031-01-01T00:00:00Z"));
        try (QuotaStore store = createStore()) {
            one(store, Acquire.allOrNothing(counter, 5, 100));
            one(store, Acquire.allOrNothing(counter, 6, 100));
        }
        byte[] all = Files.readAllBytes(file);
        all[12] ^= 1;
        Files.write(file, all);
        try (QuotaStore store = createStore()) {
            assertThatThrownBy(() -> one(store, new Read(counter)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                    .hasRootCauseMessage("a record is damaged that is not the last: restore the file from a copy");
        }
        assertThat(Files.readAllBytes(file)).as("left as it is").isEqualTo(all);
    }

    private static Outcome one(QuotaStore store, Operation operation) {
        return store.apply(List.of(operation), Deadline.after(SOON)).get(0);
    }
}
