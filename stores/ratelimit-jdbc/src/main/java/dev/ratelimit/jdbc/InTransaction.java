package dev.ratelimit.jdbc;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts any operations in one transaction: locks their counters, decides by a {@link Ledger}, and writes the changes.
 *
 * <p>Counters are locked in the order of their names, so that transactions cannot deadlock. A counter without a row
 * cannot be locked. If two transactions insert it at once, the primary key lets one fail, and that one begins again. An
 * update also checks the value that the transaction has read. If a database has not kept the lock, the update changes
 * no row, and the transaction begins again.
 */
final class InTransaction implements Counting {

    private final Sql sql;
    private final Namespace namespace;
    private final StatementBound bound;
    private final boolean lowerIsolation;

    /** Counts in the tables of {@code sql}; {@code lowerIsolation} says whether to ask for read committed. */
    InTransaction(Sql sql, Namespace namespace, StatementBound bound, boolean lowerIsolation) {
        this.sql = sql;
        this.namespace = namespace;
        this.bound = bound;
        this.lowerIsolation = lowerIsolation;
    }

    @Override
    public List<Outcome> attempt(List<Operation> operations, Session session, Progress progress) throws SQLException {
        Set<String> counters = new TreeSet<>();
        List<Ledger.Key> ids = new ArrayList<>();
        operations.forEach(operation -> collect(operation, counters, ids));
        boolean onlyReads = operations.stream().allMatch(Read.class::isInstance);

        Ledger ledger = new Ledger();
        if (onlyReads) {
            session.autoCommit();
            load(new ArrayList<>(counters), session, ledger, false);
            return ledger.apply(operations);
        }
        if (lowerIsolation) {
            session.readCommitted();
        }
        session.begin();
        load(new ArrayList<>(counters), session, ledger, true);
        remember(ids.stream().filter(id -> ledger.knows(id.counter())).toList(), session, ledger);
        List<Outcome> outcomes = ledger.apply(operations);
        if (write(ledger, session)) {
            session.commit(progress);
        } else {
            session.rollback();
        }
        return outcomes;
    }

    private static void collect(Operation operation, Set<String> counters, List<Ledger.Key> ids) {
        if (operation instanceof Group group) {
            group.acquires().forEach(acquire -> collect(acquire, counters, ids));
        } else if (operation instanceof Acquire acquire) {
            collect(acquire.counter(), acquire.id(), counters, ids);
        } else if (operation instanceof Adjust adjust) {
            collect(adjust.counter(), adjust.id(), counters, ids);
        } else if (operation instanceof Read read) {
            counters.add(read.counter().name());
        }
    }

    private static void collect(Counter counter, @Nullable OperationId id, Set<String> counters, List<Ledger.Key> ids) {
        counters.add(counter.name());
        if (id != null) {
            ids.add(new Ledger.Key(counter.name(), id));
        }
    }

    private void load(List<String> counters, Session session, Ledger ledger, boolean hold) throws SQLException {
        for (List<String> some : parts(counters)) {
            int size = Sql.padded(some.size());
            try (PreparedStatement statement = session.prepareQuery(bound, hold ? sql.hold(size) : sql.read(size))) {
                for (int i = 0; i < size; i++) {
                    statement.setString(i + 1, namespace.stored(some.get(Math.min(i, some.size() - 1))));
                }
                try (ResultSet rows = bound.rows(statement)) {
                    while (rows.next()) {
                        ledger.load(namespace.counter(rows.getString(1)), rows.getLong(2), rows.getLong(3));
                    }
                }
            }
        }
    }

    private void remember(List<Ledger.Key> ids, Session session, Ledger ledger) throws SQLException {
        for (List<Ledger.Key> some : parts(ids)) {
            int size = Sql.padded(some.size());
            try (PreparedStatement statement = session.prepareQuery(bound, sql.remembered(size))) {
                for (int i = 0; i < size; i++) {
                    set(statement, 3 * i, some.get(Math.min(i, some.size() - 1)));
                }
                try (ResultSet rows = bound.rows(statement)) {
                    while (rows.next()) {
                        OperationId id = new OperationId(UUID.fromString(rows.getString(2)), rows.getLong(3));
                        ledger.remember(
                                new Ledger.Key(namespace.counter(rows.getString(1)), id),
                                new Counted(rows.getLong(4), rows.getLong(5)));
                    }
                }
            }
        }
    }

    /** Writes the changes; returns whether there were any. */
    private boolean write(Ledger ledger, Session session) throws SQLException {
        List<Ledger.Balance> changed = ledger.changed();
        update(changed.stream().filter(balance -> !balance.isNew()).toList(), session);
        insert(changed.stream().filter(Ledger.Balance::isNew).toList(), session);
        keep(ledger.kept(), session);
        return !changed.isEmpty() || !ledger.kept().isEmpty();
    }

    private void update(List<Ledger.Balance> balances, Session session) throws SQLException {
        if (balances.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = session.prepareChange(bound, sql.change())) {
            for (Ledger.Balance balance : balances) {
                statement.setLong(1, balance.used());
                statement.setLong(2, balance.expires());
                statement.setString(3, namespace.stored(balance.name));
                statement.setLong(4, balance.stored);
                statement.addBatch();
            }
            for (int count : statement.executeBatch()) {
                if (count == 0) {
                    throw new LostRace();
                }
            }
        }
    }

    private void insert(List<Ledger.Balance> balances, Session session) throws SQLException {
        if (balances.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = session.prepareChange(bound, sql.insert())) {
            for (Ledger.Balance balance : balances) {
                statement.setString(1, namespace.stored(balance.name));
                statement.setLong(2, balance.used());
                statement.setLong(3, balance.expires());
                statement.addBatch();
            }
            bound.insert(session, statement::executeBatch);
        }
    }

    private void keep(Map<Ledger.Key, Counted> operations, Session session) throws SQLException {
        if (operations.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = session.prepareChange(bound, sql.keep())) {
            for (Map.Entry<Ledger.Key, Counted> operation : operations.entrySet()) {
                set(statement, 0, operation.getKey());
                statement.setLong(4, operation.getValue().granted());
                statement.setLong(5, operation.getValue().used());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void set(PreparedStatement statement, int before, Ledger.Key key) throws SQLException {
        statement.setString(before + 1, namespace.stored(key.counter()));
        statement.setString(before + 2, key.id().holder().toString());
        statement.setLong(before + 3, key.id().sequence());
    }

    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += Sql.MAX_LIST) {
            parts.add(all.subList(from, Math.min(all.size(), from + Sql.MAX_LIST)));
        }
        return parts;
    }
}
