package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of a loader for a key, with its outcome for the callers that wait for it.
 *
 * <p>A load is settled once: by its result, its deadline, or a refusal, whichever comes first.
 */
final class Load<V> {

    /** The kinds of loads, by what their results may change. */
    enum Kind {
        /** Callers may join the load, and any result changes the store. */
        SHARED,
        /**
         * The load is for one caller, because the last answers for its key were not cacheable. One more such answer
         * changes nothing.
         */
        ALONE,
        /**
         * The load is for one caller, whose request differs from the others. Only a cacheable value changes the store.
         */
        OWN,
        /** The load is for one caller, and its result changes nothing. */
        UNSTORED;

        boolean counts(Retention.What what) {
            return switch (this) {
                case SHARED -> true;
                case ALONE -> what != Retention.What.REFUSE;
                case OWN -> what == Retention.What.KEEP;
                case UNSTORED -> false;
            };
        }
    }

    final ValueLocation<V> location;
    final CacheKey key;
    final Kind kind;

    /** The identity of the cache that the load belongs to. */
    final Object cache;

    /** The load whose loader asked for this load; null for none. */
    final @Nullable Load<?> parent;

    /** The loads that this load's loader asked for. */
    final Set<Load<?>> waitsFor = ConcurrentHashMap.newKeySet(1);

    final long startedAt;

    /** Grows from load to load, so that no result replaces the result of a load that began later. */
    final long order;

    /** Calls the loader, unless it was abandoned before; then it does nothing. */
    final FutureTask<Void> call;

    private final CompletableFuture<Outcome<V>> outcome = new CompletableFuture<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean outdated;
    private volatile @Nullable Turn turn;
    private volatile @Nullable Runnable task;
    private volatile LoadGate.@Nullable Place place;
    private volatile @Nullable V stored;
    private volatile @Nullable ScheduledTask deadline;
    private volatile @Nullable CompletionStage<? extends V> stage;
    private volatile @Nullable Throwable thrown;

    Load(
            Object cache,
            @Nullable Load<?> parent,
            ValueLocation<V> location,
            Kind kind,
            long startedAt,
            long order,
            Loader<V> loader) {
        this.cache = cache;
        this.parent = parent;
        this.location = location;
        this.key = location.key();
        this.kind = kind;
        this.startedAt = startedAt;
        this.order = order;
        this.call = new FutureTask<>(() -> begin(loader), null);
    }

    /** Catches the loader's exceptions here: the task would call their {@code toString()}, which may throw in turn. */
    private void begin(Loader<V> loader) {
        try {
            stage = loader.begin(stored);
        } catch (Exception | Error e) {
            thrown = e;
        }
    }

    /** Whether other callers may join the load, which is then registered by its key. */
    boolean isShared() {
        return kind == Kind.SHARED;
    }

    /**
     * Whether the slot's content is newer: it came from a load that began later, it was put there since, or it hides
     * such content.
     */
    boolean isOlderThan(@Nullable Slot<V> slot) {
        return (slot instanceof Slot.Entry<V> entry && entry.order() - order > 0)
                || (slot instanceof Slot.Varying<V> names && names.floor() - order > 0);
    }

    /** Sets the value that the loader may validate. */
    void stored(@Nullable V value) {
        stored = value;
    }

    /** The gate at which the load waits for its turn, and what to run if it is withdrawn. */
    private record Turn(LoadGate gate, Runnable begin, Runnable whenWithdrawn) {}

    /** Begins now, or queues at a gate; false if the queue is full. */
    boolean enter(LoadGate gate, Runnable begin, Runnable whenWithdrawn) {
        turn = new Turn(gate, begin, whenWithdrawn);
        return gate.enter(begin);
    }

    /** Takes the load out of its queue; false if it is in none. */
    boolean withdraw() {
        Turn waiting = turn;
        if (waiting == null || !waiting.gate().withdraw(waiting.begin())) {
            return false;
        }
        waiting.whenWithdrawn().run();
        return true;
    }

    /** Sets the task that the load's thread runs: the call of the loader, with the caller's context. */
    void task(Runnable call) {
        task = call;
    }

    Runnable task() {
        return Objects.requireNonNull(task);
    }

    void place(LoadGate.Place place) {
        this.place = place;
    }

    /** The place in which its loader is called; null if it has none yet. */
    LoadGate.@Nullable Place place() {
        return place;
    }

    /** Releases the place, unless nested loads still use it. */
    void leave() {
        LoadGate.Place mine = place;
        if (mine != null) {
            mine.leave();
        }
    }

    /** Whether it holds a place of the gate. */
    boolean hasPlace() {
        return place != null;
    }

    /** Claims the right to call the loader; true for one thread. */
    boolean start() {
        return started.compareAndSet(false, true);
    }

    /** Never completes exceptionally. Cancelling a dependent stage does not cancel this one. */
    CompletableFuture<Outcome<V>> outcome() {
        return outcome;
    }

    /** Claims the right to set the outcome; true for one thread. */
    boolean settle() {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        ScheduledTask alarm = deadline;
        if (alarm != null) {
            alarm.cancel();
        }
        return true;
    }

    boolean isSettled() {
        return settled.get();
    }

    /** Marks the load as older than an invalidation: its result must not be kept. */
    void outdate() {
        outdated = true;
    }

    boolean isOutdated() {
        return outdated;
    }

    void deadline(ScheduledTask alarm) {
        deadline = alarm;
        if (isSettled()) {
            alarm.cancel();
        }
    }

    /** Abandons the load: interrupts its loader, or cancels the loader's stage. */
    void abandon() {
        call.cancel(true);
        CompletionStage<? extends V> running = stage;
        if (running != null) {
            cancel(running);
        }
    }

    /** The stage that the loader has begun, also if the load has been abandoned; null if the loader began none. */
    @Nullable
    CompletionStage<? extends V> running() {
        CompletionStage<? extends V> running = stage;
        if (running != null && isSettled()) {
            cancel(running);
        }
        return running;
    }

    /** The failure because of which the loader began no stage. */
    Throwable failure() {
        Throwable failure = thrown;
        return failure != null
                ? failure
                : new CancellationException("the load was given up before its loader was called");
    }

    private static void cancel(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().cancel(true);
        } catch (RuntimeException | Error e) {
            // A stage that cannot be cancelled runs to its end, and holds its place until then.
        }
    }
}
