package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.runtime.timers.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Grants most requests for a busy key from units that were prefetched from the store before.
 *
 * <p><b>Counted first, granted then.</b> Whoever has a key's turn and must ask the store asks for more than is needed: for what
 * will be asked for in one term, at the pace since the key's last call of the store. So no number of processes grants more
 * than the limit, and one that dies loses what it has prefetched, and grants nothing twice. What is uncertain is not prefetched.
 *
 * <p><b>How much.</b> Nothing at a key's first call, for then no pace is known; and never more than an eighth of what the counters
 * had room for, so that processes do not take the last units from each other. If the store refuses so much, it is asked for
 * what is needed, less what is left of the units prefetched before: as long as one process asks, it is refused nothing that is
 * there.
 *
 * <p><b>How long.</b> Units that are still there a term after they were prefetched go back, by the executor, however often more was
 * asked for than they are. If that fails they stay counted. So another process is refused for about a term, at most, where
 * units are left.
 *
 * <p>Thread-safe; {@link #ask} is for who has the key's turn.
 */
final class Prefetching {

    /** The part of what is there that one process prefetches at most. */
    private static final int SHARE = 8;

    private final ConcurrentHashMap<String, PrefetchedUnits> prefetchedByKey = new ConcurrentHashMap<>();
    private final AllOrNothing store;
    private final Adjustments adjustments;
    private final long term;
    private final TimeSource time;
    private final Executor executor;
    private volatile boolean closed;

    Prefetching(AllOrNothing store, Adjustments adjustments, Duration term, TimeSource time, Executor executor) {
        this.store = store;
        this.adjustments = adjustments;
        this.term = term.toNanos();
        this.time = time;
        this.executor = executor;
    }

    /** What is prefetched for a key, if anything. */
    @Nullable
    PrefetchedUnits of(String key) {
        return prefetchedByKey.get(key);
    }

    /** Grants a request from what is prefetched; null if that does not suffice. */
    Answer.@Nullable Counted grant(String key, Request request) {
        PrefetchedUnits prefetched = prefetchedByKey.get(key);
        if (prefetched == null || !prefetched.serves(request)) {
            return null;
        }
        long left = prefetched.take(request.amount());
        return left < 0 ? null : prefetched.without(left);
    }

    /** What a request would be granted from what is prefetched; null if that does not suffice. Takes nothing. */
    Answer.@Nullable Counted look(String key, Request request) {
        PrefetchedUnits prefetched = prefetchedByKey.get(key);
        if (prefetched == null || !prefetched.serves(request)) {
            return null;
        }
        long left = prefetched.left();
        return left < request.amount() ? null : prefetched.without(left);
    }

    /** Answers a request, from what is prefetched or by the store. */
    Answer ask(String key, Request request, Deadline deadline) {
        Answer granted = grant(key, request);
        if (granted != null) {
            return granted;
        }
        PrefetchedUnits before = prefetchedByKey.get(key);
        if (before != null && !before.serves(request)) {
            end(key, before, request, deadline);
            before = null;
        }
        return asked(key, request, before, deadline);
    }

    /** Asks the store, and goes on with what is left of a lease. */
    private Answer asked(String key, Request request, @Nullable PrefetchedUnits before, Deadline deadline) {
        long rest = before == null ? 0 : before.close();
        Answer answer = null;
        long more = 0;
        long now = 0;
        try {
            now = time.nanos();
            more = before == null || closed ? 0 : more(before, rest, request.amount(), now);
            long needed = request.amount() - rest;
            answer = store.ask(new Request(request.targets(), needed + more), deadline);
            if (more > 0 && isRefusal(answer)) {
                more = 0;
                answer = store.ask(new Request(request.targets(), needed), deadline);
            }
        } finally {
            // Also after an error: the rest has been counted, and nobody else knows of it.
            if (before != null && !(answer instanceof Answer.Counted)) {
                lease(key, new PrefetchedUnits(request.targets(), before.without(0), rest, before.since()));
            }
        }
        if (answer instanceof Answer.Counted counted) {
            long units = counted.granted() ? more : rest;
            long since = counted.granted() || before == null ? now : before.since();
            lease(key, new PrefetchedUnits(request.targets(), counted, units, since));
            return counted.before(units);
        }
        return answer;
    }

    /**
     * Ends a lease that does not serve a request: units on a counter that the request needs go back at once, or it would be refused
     * for their sake, such as after a change of a limit.
     */
    private void end(String key, PrefetchedUnits prefetched, Request request, Deadline deadline) {
        prefetchedByKey.remove(key, prefetched);
        if (prefetched.sharesACounterWith(request)) {
            giveBack(prefetched, prefetched.close(), deadline);
        } else {
            giveBackLater(prefetched, prefetched.close());
        }
    }

    private static boolean isRefusal(Answer answer) {
        return answer instanceof Answer.Refused || (answer instanceof Answer.Counted counted && !counted.granted());
    }

    /** Answers requests one after the other. */
    List<Answer> ask(String key, List<Request> requests, Deadline deadline) {
        List<Answer> answers = new ArrayList<>(requests.size());
        for (Request request : requests) {
            answers.add(ask(key, request, deadline));
        }
        return answers;
    }

    private long more(PrefetchedUnits before, long rest, long amount, long now) {
        long room = Math.max(0, before.room() + rest - amount);
        double pace = ((double) before.spent(rest) + amount) / Math.max(1, now - before.since());
        return Math.min(room / SHARE, (long) (pace * term));
    }

    private void lease(String key, PrefetchedUnits prefetched) {
        prefetchedByKey.put(key, prefetched);
        boolean ends = false;
        try {
            prefetched.endsBy(Timers.schedule(time, prefetched.since() + term, () -> end(key, prefetched)));
            ends = true;
        } catch (Error e) {
            // No thread of the timer could be started, and nothing else would end it.
        }
        if ((!ends || closed) && prefetchedByKey.remove(key, prefetched)) {
            // A closed service has given back all others, and its process may end at once.
            giveBack(prefetched, prefetched.close(), adjustments.deadline());
        }
    }

    private void end(String key, PrefetchedUnits prefetched) {
        if (prefetchedByKey.remove(key, prefetched)) {
            giveBackLater(prefetched, prefetched.close());
        }
    }

    private void giveBackLater(PrefetchedUnits prefetched, long units) {
        if (units > 0) {
            Runnable giveBack = () -> giveBack(prefetched, units, adjustments.deadline());
            try {
                executor.execute(giveBack);
            } catch (RuntimeException | Error e) {
                // No thread could be started for it.
                giveBack.run();
            }
        }
    }

    private void giveBack(PrefetchedUnits prefetched, long units, Deadline deadline) {
        try {
            adjustments.apply(prefetched.targets(), -units, deadline);
        } catch (RuntimeException | Error e) {
            // They stay counted: too strict, never too generous.
        }
    }

    /** How many units of each of these counters are prefetched. */
    long[] held(String key, List<Target> targets) {
        long[] held = new long[targets.size()];
        PrefetchedUnits prefetched = prefetchedByKey.get(key);
        if (prefetched != null) {
            long left = prefetched.left();
            for (int i = 0; i < held.length; i++) {
                held[i] = prefetched.isOn(targets.get(i).counter()) ? left : 0;
            }
        }
        return held;
    }

    /** How many units are prefetched of all keys. */
    long units() {
        return prefetchedByKey.values().stream()
                .mapToLong(PrefetchedUnits::left)
                .sum();
    }

    /** What the counters show, less what is prefetched of them. */
    List<QuotaUsage> used(String key, List<Target> targets) {
        long[] before = held(key, targets);
        List<QuotaUsage> shown = adjustments.read(targets);
        // Rather too much than too little: what was prefetched or given back meanwhile may be in what the store shows,
        // or
        // not.
        long[] after = held(key, targets);
        List<QuotaUsage> used = new ArrayList<>(before.length);
        for (int i = 0; i < before.length; i++) {
            QuotaUsage usage = shown.get(i);
            long rest = Math.max(0, usage.used() - Math.min(before[i], after[i]));
            used.add(new QuotaUsage(usage.quota(), rest, usage.window()));
        }
        return used;
    }

    /** Gives back what is prefetched of a key, before its counters are changed otherwise; says whether there was something. */
    boolean giveBack(String key) {
        PrefetchedUnits prefetched = prefetchedByKey.remove(key);
        long rest = prefetched == null ? 0 : prefetched.close();
        if (prefetched == null || rest == 0) {
            return false;
        }
        adjustments.apply(prefetched.targets(), -rest);
        return true;
    }

    /** Gives back all that is prefetched, and prefetches nothing more. */
    void close() {
        closed = true;
        giveBackAll();
    }

    /** Gives back all that is prefetched, many keys in a call; stops when the store does not answer. */
    void giveBackAll() {
        List<UnitsToReturn> returned = new ArrayList<>();
        prefetchedByKey.forEach((key, prefetched) -> {
            if (prefetchedByKey.remove(key, prefetched)) {
                returned.add(new UnitsToReturn(prefetched.targets(), prefetched.close()));
            }
        });
        returned.removeIf(units -> units.amount() == 0);
        store.giveBack(returned);
    }
}
