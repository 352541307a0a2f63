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
 * One call of a loader for a key, and what those who wait for it will be told.
 *
 * <p>It is settled once: by its result, its deadline, or a refusal, whichever comes first.
 */
final class Load<V> {

    /** Who asked for it, and so what its result may change. */
    enum Kind {
        /** Callers may join it: all results count. */
        SHARED,
        /** For one caller, because the last answers for its key were not for the cache: one more of these says nothing new. */
        ALONE,
        /** For one caller, whose request is unlike the others: only a value for the cache counts. */
        OWN,
        /** For one caller, whose answer must leave no trace. */
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

    final ValueLocation<V> place;
    final CacheKey key;
    final Kind kind;

    /** What stands for the cache whose load it is. */
    final Object cache;

    /** The load whose loader has asked for this one; null for none. */
    final @Nullable Load<?> parent;

    /** The loads that its loader has asked for. */
    final Set<Load<?>> waitsFor = ConcurrentHashMap.newKeySet(1);

    final long startedAt;

    /** Ascends from load to load, so that no result replaces that of a load which was begun later. */
    final long order;

    /** Calls the loader, unless it was abandoned before; then it does nothing. */
    final FutureTask<Void> call;

    private final CompletableFuture<Outcome<V>> outcome = new CompletableFuture<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean outdated;
    private volatile @Nullable Turn turn;
    private volatile @Nullable Runnable task;
    private volatile @Nullable GateSeat seat;
    private volatile @Nullable V stored;
    private volatile @Nullable ScheduledTask deadline;
    private volatile @Nullable CompletionStage<? extends V> stage;
    private volatile @Nullable Throwable thrown;

    Load(
            Object cache,
            @Nullable Load<?> parent,
            ValueLocation<V> place,
            Kind kind,
            long startedAt,
            long order,
            LoaderCall<V> loader) {
        this.cache = cache;
        this.parent = parent;
        this.place = place;
        this.key = place.key();
        this.kind = kind;
        this.startedAt = startedAt;
        this.order = order;
        this.call = new FutureTask<>(() -> begin(loader), null);
    }

    /** What the loader throws is kept here: the task would ask it for its text, which may throw in turn. */
    private void begin(LoaderCall<V> loader) {
        try {
            stage = loader.begin(stored);
        } catch (Exception | Error e) {
            thrown = e;
        }
    }

    /** Whether others may join it, so that it is known by its key. */
    boolean isShared() {
        return kind == Kind.SHARED;
    }

    /** Whether what is kept was brought by a load that was begun later, or put there since; or hides what was. */
    boolean isOlderThan(@Nullable Slot<V> slot) {
        return (slot instanceof Slot.Entry<V> entry && entry.order() - order > 0)
                || (slot instanceof Slot.Varying<V> names && names.floor() - order > 0);
    }

    /** Sets what the loader may validate. */
    void stored(@Nullable V value) {
        stored = value;
    }

    /** Where it waits for its turn, and what is to be done if it leaves before. */
    private record Turn(LoadGate gate, Runnable begin, Runnable whenWithdrawn) {}

    /** Waits for its turn at a gate, or has it now; false if too many wait there. */
    boolean enter(LoadGate gate, Runnable begin, Runnable whenWithdrawn) {
        turn = new Turn(gate, begin, whenWithdrawn);
        return gate.enter(begin);
    }

    /** Takes it out of the queue that it waits in; false if it waits in none. */
    boolean withdraw() {
        Turn waiting = turn;
        if (waiting == null || !waiting.gate().withdraw(waiting.begin())) {
            return false;
        }
        waiting.whenWithdrawn().run();
        return true;
    }

    /** Sets what its thread runs: the call of the loader, with what belongs to the caller's thread. */
    void task(Runnable call) {
        task = call;
    }

    Runnable task() {
        return Objects.requireNonNull(task);
    }

    void seat(GateSeat place) {
        seat = place;
    }

    /** The place in which its loader is called; null if it has none yet. */
    @Nullable
    GateSeat seat() {
        return seat;
    }

    /** Gives its place back, unless loads within it still use it. */
    void leave() {
        GateSeat mine = seat;
        if (mine != null) {
            mine.leave();
        }
    }

    /** Whether it holds a place of the gate. */
    boolean hasSeat() {
        return seat != null;
    }

    /** Claims the call of the loader; true for one caller. */
    boolean start() {
        return started.compareAndSet(false, true);
    }

    /** Never completes exceptionally. Who cancels what depends on it, cancels only that. */
    CompletableFuture<Outcome<V>> outcome() {
        return outcome;
    }

    /** Claims the right to say what became of it; true for one caller. */
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

    /** What it finds was true before an invalidation: it must not be kept. */
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

    /** Tells the loader that nobody wants its result: by an interrupt, or by the cancellation of its stage. */
    void abandon() {
        call.cancel(true);
        CompletionStage<? extends V> running = stage;
        if (running != null) {
            cancel(running);
        }
    }

    /** What its loader has begun, also if the load was abandoned meanwhile; null if it has begun nothing. */
    @Nullable
    CompletionStage<? extends V> running() {
        CompletionStage<? extends V> running = stage;
        if (running != null && isSettled()) {
            cancel(running);
        }
        return running;
    }

    /** Why its loader has begun nothing. */
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
