package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.runtime.timers.Timers;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Grants most requests for a busy key from units that were prefetched from the store.
 *
 * <p><b>Count first, then grant.</b> If a request has the key's turn and must call the store, it acquires more than it
 * needs: the units that requests will take in one term, at the pace since the key's last call of the store. So no
 * number of processes grants more than the limit. A process that dies loses its prefetched units, and no unit is
 * granted twice. Units whose count is uncertain are not granted.
 *
 * <p><b>How much.</b> A key's first call prefetches nothing, because no pace is known yet. A call never prefetches more
 * than an eighth of the room of the counters, so that processes do not take the last units from each other. If the
 * store refuses the larger amount, the request acquires only the units that it needs, less the rest of the units
 * prefetched before. So as long as one process uses a key, it gets all units that are there.
 *
 * <p><b>How long.</b> Prefetched units that are left after a term go back, by the executor. Requests for more units
 * than are left do not prolong the term. If the return fails, the units stay counted. So another process may be refused
 * for at most about a term although units are left.
 *
 * <p>Thread-safe. Only the thread with the key's turn calls {@link #ask}.
 */
final class Prefetching {

    /** One process prefetches at most the room of the counters divided by this number. */
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

    /** Returns the prefetched units of a key; null if there are none. */
    @Nullable
    PrefetchedUnits of(String key) {
        return prefetchedByKey.get(key);
    }

    /** Grants a request from prefetched units; null if they do not suffice. */
    Answer.@Nullable Counted grant(String key, Request request) {
        PrefetchedUnits prefetched = prefetchedByKey.get(key);
        if (prefetched == null || !prefetched.serves(request)) {
            return null;
        }
        long left = prefetched.take(request.amount());
        return left < 0 ? null : prefetched.without(left);
    }

    /** Returns the answer that {@link #grant} would give, and takes nothing. */
    Answer.@Nullable Counted look(String key, Request request) {
        PrefetchedUnits prefetched = prefetchedByKey.get(key);
        if (prefetched == null || !prefetched.serves(request)) {
            return null;
        }
        long left = prefetched.left();
        return left < request.amount() ? null : prefetched.without(left);
    }

    /** Answers a request from prefetched units or by the store. */
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

    /** Calls the store, and goes on with the rest of the units prefetched before. */
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
            // Also after an Error: the rest has been counted, and no other object holds it.
            if (before != null && !(answer instanceof Answer.Counted)) {
                hold(key, new PrefetchedUnits(request.targets(), before.without(0), rest, before.since()));
            }
        }
        if (answer instanceof Answer.Counted counted) {
            long units = counted.granted() ? more : rest;
            long since = counted.granted() || before == null ? now : before.since();
            hold(key, new PrefetchedUnits(request.targets(), counted, units, since));
            return counted.before(units);
        }
        return answer;
    }

    /**
     * Ends prefetched units that do not serve a request. Units on a counter that the request needs go back at once.
     * Otherwise they could make the store refuse the request, such as after a change of a limit. Other units go back
     * later.
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

    private void hold(String key, PrefetchedUnits prefetched) {
        prefetchedByKey.put(key, prefetched);
        boolean ends = false;
        try {
            prefetched.endsBy(Timers.schedule(time, prefetched.since() + term, () -> end(key, prefetched)));
            ends = true;
        } catch (Error e) {
            // The timer could not start a thread, and nothing else would end the units.
        }
        if ((!ends || closed) && prefetchedByKey.remove(key, prefetched)) {
            // A closed service has given back all other units, and its process may end at once.
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
                // The executor could not start a thread.
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

    /** Returns how many units are prefetched on each of these counters. */
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

    /** Returns how many units are prefetched for all keys. */
    long units() {
        return prefetchedByKey.values().stream()
                .mapToLong(PrefetchedUnits::left)
                .sum();
    }

    /** Returns the usages of the counters, less the prefetched units. */
    List<QuotaUsage> used(String key, List<Target> targets) {
        long[] before = held(key, targets);
        List<QuotaUsage> shown = adjustments.read(targets);
        // Rather too much than too little: the usages may or may not include units prefetched or given back meanwhile.
        long[] after = held(key, targets);
        List<QuotaUsage> used = new ArrayList<>(before.length);
        for (int i = 0; i < before.length; i++) {
            QuotaUsage usage = shown.get(i);
            long rest = Math.max(0, usage.used() - Math.min(before[i], after[i]));
            used.add(new QuotaUsage(usage.quota(), rest, usage.window()));
        }
        return used;
    }

    /** Gives back a key's prefetched units before another change of its counters. Returns whether there were any. */
    boolean giveBack(String key) {
        PrefetchedUnits prefetched = prefetchedByKey.remove(key);
        long rest = prefetched == null ? 0 : prefetched.close();
        if (prefetched == null || rest == 0) {
            return false;
        }
        adjustments.apply(prefetched.targets(), -rest);
        return true;
    }

    /** Gives back all prefetched units, and prefetches no more. */
    void close() {
        closed = true;
        giveBackAll();
    }

    /** Gives back all prefetched units, those of many keys in one call. Stops when the store does not answer. */
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
