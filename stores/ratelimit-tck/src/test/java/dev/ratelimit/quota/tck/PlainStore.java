package dev.ratelimit.quota.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
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
import dev.ratelimit.quota.tck.PlainBackend.State;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store as plain as can be, under one lock, in steps that a broken one can get wrong. */
class PlainStore implements QuotaStore {

    final PlainBackend backend;
    private final Capabilities capabilities;
    volatile boolean closed;

    PlainStore(PlainBackend backend) {
        this(backend, new Capabilities(true, AtomicGroups.ALL, 500, true));
    }

    PlainStore(PlainBackend backend, Capabilities capabilities) {
        this.backend = backend;
        this.capabilities = capabilities;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Operation operation : operations) {
            outcomes.add(one(operation, deadline));
        }
        return outcomes;
    }

    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        if (!capabilities().listsCounters()) {
            return QuotaStore.super.list(query, deadline);
        }
        return locked(() -> backend.states.entrySet().stream()
                .filter(entry -> entry.getValue().used > 0)
                .map(entry -> listed(entry.getKey(), entry.getValue()))
                .filter(listed -> matches(query, listed.counter()))
                .sorted(order())
                .limit(query.max())
                .toList());
    }

    ListedCounter listed(String name, State state) {
        return new ListedCounter(Counter.parse(name, state.expires), state.used);
    }

    boolean matches(CounterQuery query, Counter counter) {
        return query.matches(counter);
    }

    Comparator<ListedCounter> order() {
        return Comparator.comparingLong(ListedCounter::used).reversed();
    }

    @Override
    public void close() {
        closed = true;
    }

    Outcome one(Operation operation, Deadline deadline) {
        if (closed) {
            return afterClose(operation);
        }
        if (tooLate(deadline)) {
            return failed(Certainty.NOT_APPLIED);
        }
        if (!backend.answers(deadline)) {
            return unreachable(operation);
        }
        return decided(operation, deadline);
    }

    boolean tooLate(Deadline deadline) {
        return deadline.hasPassed();
    }

    Outcome afterClose(Operation operation) {
        return failed(Certainty.NOT_APPLIED);
    }

    Outcome unreachable(Operation operation) {
        return failed(Certainty.NOT_APPLIED);
    }

    Outcome decided(Operation operation, Deadline deadline) {
        return locked(() -> now(operation));
    }

    <R> R locked(Supplier<R> work) {
        synchronized (backend) {
            return work.get();
        }
    }

    Outcome now(Operation operation) {
        forget();
        if (operation instanceof Acquire acquire) {
            return acquired(acquire);
        }
        if (operation instanceof Adjust adjust) {
            return adjusted(adjust);
        }
        if (operation instanceof Group group) {
            return mayDecide(group) ? grouped(group) : failed(Certainty.NOT_APPLIED);
        }
        return new Counted(0, state(((Read) operation).counter()).used);
    }

    void forget() {
        backend.states.values().removeIf(state -> !state.expires.isAfter(backend.clock.instant()));
    }

    boolean mayDecide(Group group) {
        AtomicGroups groups = capabilities().atomicGroups();
        long subjects = group.acquires().stream()
                .map(acquire -> acquire.counter().subject())
                .distinct()
                .count();
        return groups == AtomicGroups.ALL || (groups == AtomicGroups.OF_ONE_SUBJECT && subjects == 1);
    }

    Counted acquired(Acquire acquire) {
        State state = state(acquire.counter());
        Counted before = known(acquire.counter(), state, acquire.id());
        if (before != null) {
            return before;
        }
        Counted answer = decided(state, acquire);
        if (answer.granted() > 0) {
            remember(acquire.counter(), state, acquire.id(), answer);
        }
        return answer;
    }

    Counted decided(State state, Acquire acquire) {
        long granted = acquire.granted(state.used);
        if (granted == 0) {
            return denied(state, acquire);
        }
        state.used += granted;
        return new Counted(granted, state.used);
    }

    Counted denied(State state, Acquire acquire) {
        return new Counted(0, state.used);
    }

    Counted adjusted(Adjust adjust) {
        State state = state(adjust.counter());
        Counted before = known(adjust.counter(), state, adjust.id());
        if (before != null) {
            return before;
        }
        state.used = changed(adjust, state.used);
        Counted answer = new Counted(0, state.used);
        remember(adjust.counter(), state, adjust.id(), answer);
        return answer;
    }

    long changed(Adjust adjust, long used) {
        return adjust.applied(used);
    }

    Outcome grouped(Group group) {
        boolean granted = true;
        for (Acquire acquire : group.acquires()) {
            State state = state(acquire.counter());
            granted &= known(acquire.counter(), state, acquire.id()) != null || acquire.granted(state.used) > 0;
        }
        List<Counted> parts = new ArrayList<>();
        for (Acquire acquire : group.acquires()) {
            parts.add(granted ? acquired(acquire) : new Counted(0, state(acquire.counter()).used));
        }
        return new Grouped(parts);
    }

    State state(Counter counter) {
        backend.touchedLast = key(counter);
        return backend.states.computeIfAbsent(
                key(counter), name -> new State(backend.clock.instant(), counter.expires()));
    }

    String key(Counter counter) {
        return counter.name();
    }

    @Nullable
    Counted known(Counter counter, State state, @Nullable OperationId id) {
        return id == null || !capabilities().remembersOperations() ? null : state.answers.get(key(id));
    }

    void remember(Counter counter, State state, @Nullable OperationId id, Counted answer) {
        if (id != null) {
            state.answers.put(key(id), answer);
        }
    }

    Object key(OperationId id) {
        return id;
    }

    static void pause() {
        LockSupport.parkNanos(200_000);
    }

    static Failed failed(Certainty certainty) {
        return new Failed(certainty, new StoreException(certainty, "as the test wants it", null));
    }
}
