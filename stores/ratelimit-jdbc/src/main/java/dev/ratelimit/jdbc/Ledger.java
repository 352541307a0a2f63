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
import dev.ratelimit.quota.spi.Outcome.Grouped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A ledger holds the counters that a transaction has read, and applies operations to them: the rules of a quota store,
 * without a database.
 *
 * <p>It decides all operations of a call one after another, on counters that the transaction has locked. The final
 * values are written once, however many operations changed them. The operations do the arithmetic, not SQL, so it is
 * the same for all databases and never wraps.
 */
final class Ledger {

    /** The identity of an operation. */
    record Key(String counter, OperationId id) {}

    /** One counter as it was read, and as it is now. */
    static final class Balance {
        final String name;
        /** The value in the row, or -1 if there is no row. */
        final long stored;

        private final long storedExpires;
        private long used;
        private long expires;
        private boolean needed;

        private Balance(String name, long stored, long storedExpires) {
            this.name = name;
            this.stored = stored;
            this.storedExpires = storedExpires;
            this.used = Math.max(0, stored);
            this.expires = storedExpires;
        }

        long used() {
            return used;
        }

        long expires() {
            return expires;
        }

        boolean isNew() {
            return stored < 0;
        }

        /** Whether there is something to write. */
        boolean changed() {
            return isNew() ? needed : used != stored || expires != storedExpires;
        }

        private Counted take(long amount, Counter counter) {
            set(used + amount, counter);
            return new Counted(amount, used);
        }

        private void set(long value, Counter counter) {
            used = value;
            expires = Math.max(expires, Expiry.millis(counter));
            needed |= value > 0;
        }
    }

    private final Map<String, Balance> balances = new HashMap<>();
    private final Map<Key, Counted> remembered = new HashMap<>();
    private final Map<Key, Counted> kept = new HashMap<>();

    /** Loads the row of a counter. */
    void load(String counter, long used, long expires) {
        balances.put(counter, new Balance(counter, used, expires));
    }

    /** Whether the counter has a row. */
    boolean knows(String counter) {
        return balances.containsKey(counter);
    }

    /** Loads the remembered outcome of an operation. */
    void remember(Key key, Counted outcome) {
        remembered.put(key, outcome);
    }

    /** The counters that have changed. */
    List<Balance> changed() {
        return balances.values().stream().filter(Balance::changed).toList();
    }

    /** The outcomes to be remembered. */
    Map<Key, Counted> kept() {
        return kept;
    }

    /** Decides operations, each after those before it. */
    List<Outcome> apply(List<Operation> operations) {
        List<Outcome> outcomes = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            outcomes.add(apply(operation));
        }
        return outcomes;
    }

    private Outcome apply(Operation operation) {
        if (operation instanceof Acquire acquire) {
            return acquire(acquire);
        } else if (operation instanceof Adjust adjust) {
            return adjust(adjust);
        } else if (operation instanceof Group group) {
            return group(group);
        }
        return new Counted(0, balance(((Read) operation).counter()).used());
    }

    private Counted acquire(Acquire acquire) {
        Counted first = first(acquire.counter(), acquire.id());
        if (first != null) {
            return first;
        }
        Balance balance = balance(acquire.counter());
        long granted = acquire.granted(balance.used());
        return granted == 0 ? new Counted(0, balance.used()) : take(acquire, balance, granted);
    }

    private Counted take(Acquire acquire, Balance balance, long granted) {
        Counted outcome = balance.take(granted, acquire.counter());
        keep(acquire.counter(), acquire.id(), outcome, balance);
        return outcome;
    }

    private Counted adjust(Adjust adjust) {
        Counted first = first(adjust.counter(), adjust.id());
        if (first != null) {
            return first;
        }
        Balance balance = balance(adjust.counter());
        balance.set(adjust.applied(balance.used()), adjust.counter());
        Counted outcome = new Counted(0, balance.used());
        keep(adjust.counter(), adjust.id(), outcome, balance);
        return outcome;
    }

    private Grouped group(Group group) {
        List<Acquire> acquires = group.acquires();
        boolean granted = acquires.stream()
                .allMatch(a -> first(a.counter(), a.id()) != null
                        || a.granted(balance(a.counter()).used()) > 0);
        return new Grouped(acquires.stream()
                .map(a -> granted
                        ? acquire(a)
                        : new Counted(0, balance(a.counter()).used()))
                .toList());
    }

    private @Nullable Counted first(Counter counter, @Nullable OperationId id) {
        return id == null ? null : remembered.get(new Key(counter.name(), id));
    }

    private void keep(Counter counter, @Nullable OperationId id, Counted outcome, Balance balance) {
        if (id != null) {
            Key key = new Key(counter.name(), id);
            remembered.put(key, outcome);
            kept.put(key, outcome);
            balance.needed = true;
        }
    }

    private Balance balance(Counter counter) {
        return balances.computeIfAbsent(counter.name(), name -> new Balance(name, -1, Long.MIN_VALUE));
    }
}
