package dev.ratelimit.examples;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A quota store of one process, in a map and in a file that is only appended to.
 *
 * <p>A call is one record: its length, its checksum, and what each counter shows after each of its operations. It is on the
 * disk before the call returns, and before anybody else sees what it counted. A crash can tear only the last record, which
 * nobody was told of: it is cut off when the file is opened. The file is written anew, without what has expired, when it is
 * opened and when it has doubled. A disk that hangs makes calls late: a write cannot be given up.
 */
final class FileStore implements QuotaStore {

    private static final long SMALL = 1_000_000;

    /** What is known of a counter. */
    private static final class Row {
        private long used;
        private Instant expires = Instant.MIN;
        private final Map<OperationId, Counted> answers = new HashMap<>();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Path path;
    private final InstantSource clock;
    private final Map<String, Row> rows = new HashMap<>();
    private @Nullable RandomAccessFile file;
    private long writeAnewAt;
    private Instant lookedAt = Instant.MIN;
    private boolean closed;

    FileStore(Path path, InstantSource clock) {
        this.path = path;
        this.clock = clock;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, AtomicGroups.ALL, 1000);
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        lockBy(deadline);
        try {
            RandomAccessFile open = opened();
            forget();
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            List<Outcome> outcomes = new ArrayList<>(operations.size());
            for (Operation operation : operations) {
                outcomes.add(deadline.hasPassed() ? late() : done(operation, new DataOutputStream(record)));
            }
            append(open, record.toByteArray());
            return outcomes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            letGo();
        } finally {
            lock.unlock();
        }
    }

    private Outcome done(Operation operation, DataOutputStream record) {
        if (operation instanceof Acquire acquire) {
            return acquired(acquire, record);
        }
        if (operation instanceof Adjust adjust) {
            return adjusted(adjust, record);
        }
        if (operation instanceof Read read) {
            return new Counted(0, row(read.counter()).used);
        }
        List<Acquire> acquires = ((Group) operation).acquires();
        boolean granted = acquires.stream().allMatch(this::grants);
        return new Grouped(acquires.stream()
                .map(acquire -> granted ? acquired(acquire, record) : new Counted(0, row(acquire.counter()).used))
                .toList());
    }

    private boolean grants(Acquire acquire) {
        Row row = row(acquire.counter());
        return row.answers.containsKey(acquire.id()) || acquire.granted(row.used) > 0;
    }

    private Counted acquired(Acquire acquire, DataOutputStream record) {
        Row row = row(acquire.counter());
        Counted before = row.answers.get(acquire.id());
        if (before != null) {
            return before;
        }
        long granted = acquire.granted(row.used);
        if (granted == 0) {
            return new Counted(0, row.used);
        }
        return counted(acquire.counter(), granted, row.used + granted, acquire.id(), record);
    }

    private Counted adjusted(Adjust adjust, DataOutputStream record) {
        Row row = row(adjust.counter());
        Counted before = row.answers.get(adjust.id());
        if (before != null) {
            return before;
        }
        return counted(adjust.counter(), 0, adjust.applied(row.used), adjust.id(), record);
    }

    private Counted counted(
            Counter counter, long granted, long used, @Nullable OperationId id, DataOutputStream record) {
        Row row = rows.computeIfAbsent(counter.name(), name -> new Row());
        row.expires = row.expires.isAfter(counter.expires()) ? row.expires : counter.expires();
        row.used = used;
        Counted answer = new Counted(granted, used);
        if (id != null) {
            row.answers.put(id, answer);
        }
        write(record, counter.name(), row.expires, answer, id);
        return answer;
    }

    /** What is known of a counter; of one that was never counted on, nothing, which need not be kept. */
    private Row row(Counter counter) {
        Row row = rows.get(counter.name());
        return row == null ? new Row() : row;
    }

    /** Looks once a second for what has expired. */
    private void forget() {
        Instant now = clock.instant();
        if (now.isAfter(lookedAt.plusSeconds(1))) {
            lookedAt = now;
            rows.values().removeIf(row -> !row.expires.isAfter(now));
        }
    }

    private void lockBy(Deadline deadline) {
        try {
            if (!lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreException(Certainty.NOT_APPLIED, "others held the file until the deadline", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Certainty.NOT_APPLIED, "interrupted while others held the file", e);
        }
    }

    private static Failed late() {
        return new Failed(
                Certainty.NOT_APPLIED,
                new StoreException(Certainty.NOT_APPLIED, "the deadline had passed before it began", null));
    }

    /** The file, opened if need be; after trouble, from what is on the disk. */
    private RandomAccessFile opened() {
        if (closed) {
            throw new StoreException(Certainty.NOT_APPLIED, "the store is closed", null);
        }
        try {
            RandomAccessFile open = file;
            if (open == null) {
                rows.clear();
                try (RandomAccessFile old = new RandomAccessFile(path.toFile(), "rw")) {
                    load(old);
                }
            }
            if (open == null || open.length() > writeAnewAt) {
                open = writtenAnew();
                file = open;
            }
            return open;
        } catch (IOException e) {
            letGo();
            throw new StoreException(Certainty.NOT_APPLIED, "cannot open " + path, e);
        }
    }

    private void load(RandomAccessFile old) throws IOException {
        while (old.length() - old.getFilePointer() >= 8) {
            int length = old.readInt();
            int checksum = old.readInt();
            if (length <= 0 || length > old.length() - old.getFilePointer()) {
                return;
            }
            byte[] record = new byte[length];
            old.readFully(record);
            if (checksum(record) != checksum) {
                if (old.getFilePointer() < old.length()) {
                    throw new IOException("a record is damaged that is not the last: restore the file from a copy");
                }
                return;
            }
            read(new DataInputStream(new ByteArrayInputStream(record)));
        }
    }

    private RandomAccessFile writtenAnew() throws IOException {
        letGoOfFile();
        Path anew = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(anew);
        try (RandomAccessFile written = new RandomAccessFile(anew.toFile(), "rw")) {
            for (Map.Entry<String, Row> entry : rows.entrySet()) {
                Row row = entry.getValue();
                ByteArrayOutputStream record = new ByteArrayOutputStream();
                DataOutputStream data = new DataOutputStream(record);
                row.answers.forEach((id, answer) -> write(data, entry.getKey(), row.expires, answer, id));
                write(data, entry.getKey(), row.expires, new Counted(0, row.used), null);
                writeRecord(written, record.toByteArray());
            }
            written.getFD().sync();
        }
        Files.move(anew, path, StandardCopyOption.ATOMIC_MOVE);
        // Else a crash could bring the old file back, without what is written from now on.
        try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent())) {
            folder.force(true);
        }
        RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw");
        open.seek(open.length());
        writeAnewAt = Math.max(SMALL, 2 * open.length());
        return open;
    }

    private void append(RandomAccessFile open, byte[] record) {
        if (record.length == 0) {
            return;
        }
        try {
            writeRecord(open, record);
            open.getFD().sync();
        } catch (IOException e) {
            letGo();
            throw new StoreException(Certainty.INDETERMINATE, "cannot write to " + path, e);
        }
    }

    private void read(DataInputStream record) throws IOException {
        Instant now = clock.instant();
        while (record.available() > 0) {
            String name = record.readUTF();
            Instant expires = Instant.ofEpochSecond(record.readLong(), record.readInt());
            Counted answer = new Counted(record.readLong(), record.readLong());
            OperationId id = record.readBoolean()
                    ? new OperationId(new UUID(record.readLong(), record.readLong()), record.readLong())
                    : null;
            if (expires.isAfter(now)) {
                Row row = rows.computeIfAbsent(name, any -> new Row());
                row.expires = expires;
                row.used = answer.used();
                if (id != null) {
                    row.answers.put(id, answer);
                }
            }
        }
    }

    private static void write(
            DataOutputStream record, String name, Instant expires, Counted answer, @Nullable OperationId id) {
        try {
            record.writeUTF(name);
            record.writeLong(expires.getEpochSecond());
            record.writeInt(expires.getNano());
            record.writeLong(answer.granted());
            record.writeLong(answer.used());
            record.writeBoolean(id != null);
            if (id != null) {
                record.writeLong(id.holder().getMostSignificantBits());
                record.writeLong(id.holder().getLeastSignificantBits());
                record.writeLong(id.sequence());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
    }

    private static void writeRecord(RandomAccessFile to, byte[] record) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(record.length + 8);
        DataOutputStream data = new DataOutputStream(whole);
        data.writeInt(record.length);
        data.writeInt(checksum(record));
        data.write(record);
        to.write(whole.toByteArray());
    }

    private static int checksum(byte[] record) {
        CRC32 crc = new CRC32();
        crc.update(record);
        return (int) crc.getValue();
    }

    /** What is in memory may not be on the disk: the next call reads it again. */
    private void letGo() {
        rows.clear();
        letGoOfFile();
    }

    private void letGoOfFile() {
        RandomAccessFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // What was acknowledged has been synced; there is nothing else to lose.
            }
        }
    }
}
