package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A response cache as its Javadoc tells it: in maps, in whole seconds, one step after the other. The first character of a value says
 * what it is: "v" for the cache, "u" not for the cache, "e" an error, "g" gone; the last one is its tag. A load is known by the
 * caller whose loader it calls.
 *
 * <p>With a flaw, it is a cache that breaks one rule, which the comparison has to see.
 */
final class CacheModel {

    record Settings(
            long fresh, long whileRenewed, long onError, long validated, long deadline, long remembered, long gone) {

        long usable() {
            return fresh + Math.max(whileRenewed, onError);
        }

        long kept() {
            return Math.max(usable(), fresh + validated);
        }
    }

    /** What a caller asks, in seconds. */
    record Options(long maxAge, long minFresh, ReadOptions.Loading loading) {}

    static final long FIRST_RETRY = 2;
    static final long LONGEST_RETRY = 5;
    static final long MARKED = 4;

    private static final class Value {
        private final String text;
        private final long at;
        private final int order;
        private int failures;
        private long retryAt;
        private Mark mark = NONE;

        Value(String text, long at, int order) {
            this.text = text;
            this.at = at;
            this.order = order;
        }
    }

    /** How many answers in a row were not for the cache, and until when that counts. */
    private record Mark(int times, long until) {}

    private static final Mark NONE = new Mark(0, Long.MIN_VALUE);

    private static final class ModelLoad {
        private final int id;
        private final int key;
        private final Load.Kind kind;
        private final long deadline;
        private final int order;
        private final String stored;
        private final List<Integer> callers = new ArrayList<>();
        private boolean outdated;
        private boolean ended;

        ModelLoad(int id, int key, Load.Kind kind, long deadline, int order, String stored) {
            this.id = id;
            this.key = key;
            this.kind = kind;
            this.deadline = deadline;
            this.order = order;
            this.stored = stored;
        }

        boolean isForAll() {
            return kind == Load.Kind.SHARED;
        }

        boolean isOrdinary() {
            return kind == Load.Kind.SHARED || kind == Load.Kind.ALONE;
        }

        String state(int caller) {
            return !isForAll() ? "BYPASS" : caller == id ? "MISS" : "COALESCED";
        }
    }

    private final Settings settings;
    private final @Nullable CacheFlaw flaw;
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, Long> failedUntil = new HashMap<>();
    private final Map<Integer, Mark> marks = new HashMap<>();
    private final Map<Integer, ModelLoad> underWay = new HashMap<>();
    private final Map<Integer, ModelLoad> loads = new LinkedHashMap<>();
    private final Map<Integer, Options> asked = new HashMap<>();
    private final Map<Integer, Integer> refusals = new HashMap<>();
    private long now;
    private int orders;

    /** What each caller was told, by number; "..." as long as the caller waits. */
    final Map<Integer, String> told = new TreeMap<>();

    CacheModel(Settings settings, @Nullable CacheFlaw flaw) {
        this.settings = settings;
        this.flaw = flaw;
    }

    /** The callers whose loaders were called, with what they could validate. */
    Map<Integer, String> asked() {
        Map<Integer, String> stored = new TreeMap<>();
        loads.values().forEach(load -> stored.put(load.id, load.stored));
        return stored;
    }

    String peek(int key) {
        Value value = values.get(key);
        return value == null || !isUsable(value) ? "-" : told(isFresh(value) ? "HIT" : "STALE", value);
    }

    void get(int caller, int key, Options options) {
        asked.put(caller, options);
        ask(caller, key);
    }

    private void ask(int caller, int key) {
        if (refusals.getOrDefault(caller, 0) >= 2) {
            begin(caller, key, Load.Kind.ALONE);
            return;
        }
        String ready = ready(caller, key);
        if (ready != null) {
            told.put(caller, ready);
            return;
        }
        switch (options(caller).loading()) {
            case SHARED -> join(caller, key);
            case OWN ->
                begin(caller, key, isFlaw(CacheFlaw.LETS_CALLERS_JOIN_OWN_LOADS) ? Load.Kind.SHARED : Load.Kind.OWN);
            case UNSTORED -> begin(caller, key, Load.Kind.UNSTORED);
            case NONE -> {
                if (isFlaw(CacheFlaw.LOADS_WHERE_IT_SHOULD_ONLY_LOOK)) {
                    join(caller, key);
                } else {
                    told.put(caller, "NOT_CACHED MISS");
                }
            }
        }
    }

    /** What needs no waiting, and may begin a refresh. */
    private @Nullable String ready(int caller, int key) {
        Value value = values.get(key);
        if (value != null && suits(value, caller)) {
            boolean backingOff = !isFlaw(CacheFlaw.NEVER_BACKS_OFF) && value.failures > 0 && now < value.retryAt;
            if (isFresh(value)) {
                return told("HIT", value);
            }
            if (now < value.at + settings.fresh() + settings.whileRenewed() && (backingOff || isRenewed(caller, key))) {
                return told("STALE", value);
            }
            if (now < value.at + settings.fresh() + onError() && backingOff) {
                return told("STALE", value);
            }
        }
        return now < failedUntil.getOrDefault(key, 0L) ? "failure NEGATIVE" : null;
    }

    private boolean isRenewed(int caller, int key) {
        ReadOptions.Loading loading = options(caller).loading();
        boolean begins = isFlaw(CacheFlaw.REFRESHES_TWICE_AT_ONCE) || !underWay.containsKey(key);
        if (begins && (loading == ReadOptions.Loading.SHARED || loading == ReadOptions.Loading.OWN)) {
            load(caller, key, loading == ReadOptions.Loading.OWN ? Load.Kind.OWN : Load.Kind.SHARED);
        }
        return loading != ReadOptions.Loading.UNSTORED;
    }

    private void join(int caller, int key) {
        ModelLoad current = isFlaw(CacheFlaw.LETS_ALL_LOAD_FOR_THEMSELVES) ? null : underWay.get(key);
        if (mark(key).times() >= (isFlaw(CacheFlaw.LETS_ONE_ODD_ANSWER_END_COALESCING) ? 1 : 2)) {
            begin(caller, key, Load.Kind.ALONE);
        } else if (current != null) {
            told.put(caller, "...");
            current.callers.add(caller);
        } else {
            begin(caller, key, Load.Kind.SHARED);
        }
    }

    private void begin(int caller, int key, Load.Kind kind) {
        told.put(caller, "...");
        load(caller, key, kind).callers.add(caller);
    }

    private ModelLoad load(int caller, int key, Load.Kind kind) {
        Value value = values.get(key);
        boolean isThere =
                value != null && (isFlaw(CacheFlaw.FORGETS_WHAT_COULD_BE_VALIDATED) ? isUsable(value) : isOfUse(value));
        String stored = isThere ? Objects.requireNonNull(value).text : "-";
        ModelLoad load = new ModelLoad(caller, key, kind, now + settings.deadline(), ++orders, stored);
        loads.put(caller, load);
        if (load.isForAll()) {
            underWay.put(key, load);
        }
        return load;
    }

    /** A loader returns; nothing happens if nobody waits for that any more. */
    void returns(int id, String text) {
        ModelLoad load = loads.get(id);
        if (load == null || (load.ended && !isFlaw(CacheFlaw.KEEPS_LATE_RESULTS))) {
            return;
        }
        boolean late = load.ended;
        end(load);
        boolean outdated = load.outdated && !isFlaw(CacheFlaw.KEEPS_WHAT_WAS_INVALIDATED_MEANWHILE);
        if (!outdated && isNoOlder(load)) {
            take(load, text);
        }
        // The cache tells the last who has joined first; so that one leads the next load.
        for (int caller : late ? List.<Integer>of() : reversed(load.callers)) {
            Value value = values.get(load.key);
            boolean forOne = text.startsWith("u") && caller != load.id && !isFlaw(CacheFlaw.SHARES_WHAT_IS_FOR_ONE);
            boolean isError = text.startsWith("e") && !isFlaw(CacheFlaw.GIVES_ERRORS_IN_SPITE_OF_A_STALE_VALUE);
            if (isError && value != null && isUsable(value) && suits(value, caller)) {
                told.put(caller, told("STALE", value));
            } else if (forOne) {
                refusals.merge(caller, 1, Integer::sum);
                ask(caller, load.key);
            } else {
                told.put(caller, load.state(caller) + " " + text + " 0");
            }
        }
    }

    /** What a value changes. */
    private void take(ModelLoad load, String text) {
        switch (isFlaw(CacheFlaw.KEEPS_ERRORS) && text.startsWith("e") ? 'v' : text.charAt(0)) {
            case 'v' -> {
                boolean lost = load.kind == Load.Kind.ALONE && isFlaw(CacheFlaw.KEEPS_NOTHING_OF_LOADS_ALONE);
                boolean unstored =
                        load.kind == Load.Kind.UNSTORED && !isFlaw(CacheFlaw.STORES_WHAT_IS_NOT_TO_BE_STORED);
                if (!lost && !unstored) {
                    keep(load.key, text, load.order);
                }
            }
            case 'u' -> {
                boolean own = load.kind == Load.Kind.OWN && isFlaw(CacheFlaw.LETS_OWN_LOADS_MARK_A_KEY);
                if (load.isForAll() || own) {
                    countRefusal(load.key);
                }
            }
            case 'g' -> {
                boolean own = load.kind == Load.Kind.OWN && isFlaw(CacheFlaw.LETS_OWN_LOADS_REMOVE_A_VALUE);
                if ((load.isOrdinary() || own) && !isFlaw(CacheFlaw.KEEPS_WHAT_IS_GONE)) {
                    forget(load.key);
                }
            }
            default -> {
                if (load.isOrdinary()) {
                    backOff(load.key);
                }
            }
        }
    }

    private static List<Integer> reversed(List<Integer> callers) {
        List<Integer> all = new ArrayList<>(callers);
        Collections.reverse(all);
        return all;
    }

    /** Whether what is kept was not brought by a load that began later. */
    private boolean isNoOlder(ModelLoad load) {
        Value value = values.get(load.key);
        return value == null || value.order < load.order || isFlaw(CacheFlaw.LETS_OLD_RESULTS_REPLACE_NEW_ONES);
    }

    private void keep(int key, String text, int order) {
        forget(key);
        values.put(key, new Value(text, now, order));
    }

    private Mark mark(int key) {
        Value value = values.get(key);
        Mark mark = value != null && isOfUse(value) ? value.mark : marks.getOrDefault(key, NONE);
        return now < mark.until() ? mark : NONE;
    }

    /** What is not for the cache is remembered beside a value that may still be used. */
    private void countRefusal(int key) {
        Mark mark = new Mark(mark(key).times() + 1, now + MARKED);
        Value value = values.get(key);
        if (value != null && isFresh(value) && !isFlaw(CacheFlaw.LETS_A_MARKER_DISPLACE_A_VALUE)) {
            if (isFlaw(CacheFlaw.LETS_ODD_REQUESTS_MARK_A_FRESH_VALUE)) {
                value.mark = mark;
            }
            return;
        }
        if (value != null && isOfUse(value) && !isFlaw(CacheFlaw.LETS_A_MARKER_DISPLACE_A_VALUE)) {
            value.mark = mark;
            value.failures = 0;
        } else {
            forget(key);
            marks.put(key, mark);
        }
    }

    /** Whether it had a usable value; it backs off for one that is not fresh. */
    private boolean backOff(int key) {
        Value value = values.get(key);
        if (value == null || now >= value.at + settings.usable()) {
            return false;
        }
        if (isFresh(value) && !isFlaw(CacheFlaw.BACKS_OFF_FOR_A_FRESH_VALUE)) {
            return true;
        }
        value.retryAt = now + Math.min(LONGEST_RETRY, FIRST_RETRY << value.failures);
        value.failures = Math.min(10, value.failures + 1);
        return true;
    }

    /** A loader fails: undeclared, declared, or with a failure that says that there is nothing any more. */
    void fails(int id, Failing failing) {
        ModelLoad load = loads.get(id);
        if (load != null && !load.ended) {
            failed(load, "FAILED", failing);
        }
    }

    enum Failing {
        UNDECLARED,
        DECLARED,
        GONE
    }

    private void failed(ModelLoad load, String reason, Failing failing) {
        end(load);
        boolean gone = failing == Failing.GONE;
        if (load.isOrdinary() && !load.outdated && isNoOlder(load)) {
            boolean backsOff = !gone && backOff(load.key);
            if (gone && !isFlaw(CacheFlaw.KEEPS_WHAT_IS_GONE)) {
                forget(load.key);
                failedUntil.put(load.key, now + settings.gone());
            } else if (!backsOff
                    && (load.isForAll() || isFlaw(CacheFlaw.REMEMBERS_WHAT_IS_FOR_ONE))
                    && (failing == Failing.DECLARED || isFlaw(CacheFlaw.REMEMBERS_ALL_FAILURES))) {
                forget(load.key);
                failedUntil.put(load.key, now + settings.remembered());
            }
        }
        Value value = values.get(load.key);
        for (int caller : load.callers) {
            boolean standsIn = !gone || isFlaw(CacheFlaw.HIDES_WHAT_IS_GONE_BEHIND_A_STALE_VALUE);
            boolean stale = value != null && isUsable(value) && suits(value, caller) && standsIn;
            told.put(caller, stale ? told("STALE", Objects.requireNonNull(value)) : reason + " " + load.state(caller));
        }
    }

    private void end(ModelLoad load) {
        load.ended = true;
        underWay.remove(load.key, load);
    }

    void put(int key, String text) {
        invalidate(key);
        keep(key, text, ++orders);
    }

    void invalidate(int key) {
        outdate(key);
        forget(key);
    }

    void invalidateTag(String tag) {
        for (int key : loads.values().stream().map(load -> load.key).toList()) {
            outdate(key);
        }
        values.values().removeIf(value -> value.text.endsWith(tag));
    }

    private void outdate(int key) {
        underWay.remove(key);
        loads.values().stream().filter(load -> load.key == key).forEach(load -> load.outdated = true);
    }

    private void forget(int key) {
        values.remove(key);
        failedUntil.remove(key);
        marks.remove(key);
    }

    void advance(long seconds) {
        long end = now + seconds;
        loads.values().stream()
                .filter(load -> !load.ended && load.deadline <= end)
                .sorted(Comparator.comparingLong(load -> load.deadline))
                .toList()
                .forEach(load -> {
                    now = load.deadline;
                    failed(load, "DEADLINE", Failing.DECLARED);
                });
        now = end;
    }

    private boolean isFresh(Value value) {
        return now < value.at + settings.fresh() + (isFlaw(CacheFlaw.IS_FRESH_FOR_A_SECOND_TOO_LONG) ? 1 : 0);
    }

    /** Whether a caller may be given it, as it stands. */
    private boolean isUsable(Value value) {
        if (isFlaw(CacheFlaw.GIVES_WHAT_IS_ONLY_KEPT_FOR_VALIDATION)) {
            return isOfUse(value);
        }
        return now < value.at + settings.fresh() + Math.max(settings.whileRenewed(), onError());
    }

    private boolean isOfUse(Value value) {
        return now < value.at + settings.kept();
    }

    private long onError() {
        return isFlaw(CacheFlaw.USES_STALE_VALUES_WITHOUT_END) ? Long.MAX_VALUE / 2 : settings.onError();
    }

    private boolean suits(Value value, int caller) {
        Options options = options(caller);
        boolean young = now - value.at <= options.maxAge() || isFlaw(CacheFlaw.FORGETS_MAX_AGE);
        boolean lasting = options.minFresh() == 0
                || value.at + settings.fresh() - now >= options.minFresh()
                || isFlaw(CacheFlaw.FORGETS_MIN_FRESH);
        return young && lasting;
    }

    private Options options(int caller) {
        return Objects.requireNonNull(asked.get(caller));
    }

    private boolean isFlaw(CacheFlaw other) {
        return flaw == other;
    }

    private String told(String state, Value value) {
        return state + " " + value.text + " " + (now - value.at);
    }
}
