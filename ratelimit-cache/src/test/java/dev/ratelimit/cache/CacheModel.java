package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A response cache as its Javadoc tells it: in maps, in whole seconds, one step after the other. The first character of a value says
 * what it is: "v" for the cache, "p" for each request of its own, "u" not for the cache, "e" an error, "g" gone; the last one is its tag. A load is known by the
 * caller whose loader it calls.
 *
 * <p>With a flaw, it is a cache that breaks one rule, which the comparison has to see.
 */
final class CacheModel {

    /** What a caller asks, in seconds. */
    record Options(long maxAge, long minFresh, ReadOptions.Loading loading) {}

    private final ModelMemory.Settings settings;
    private final @Nullable CacheFlaw flaw;
    private final ModelMemory memory;
    private final Map<Integer, ModelLoad> underWay = new HashMap<>();
    private final Map<Integer, ModelLoad> ownRenewals = new HashMap<>();
    private final Map<Integer, ModelLoad> loads = new LinkedHashMap<>();
    private final Map<Integer, Options> asked = new HashMap<>();
    private final Map<Integer, Integer> refusals = new HashMap<>();
    private final Map<CacheState, Integer> miscounted = new EnumMap<>(CacheState.class);
    private int orders;

    /** What each caller was told, by number; "..." as long as the caller waits. */
    final Map<Integer, String> told = new TreeMap<>();

    CacheModel(ModelMemory.Settings settings, @Nullable CacheFlaw flaw) {
        this.settings = settings;
        this.flaw = flaw;
        this.memory = new ModelMemory(settings, flaw);
    }

    /** The callers whose loaders were called, with what they could validate. */
    Map<Integer, String> asked() {
        Map<Integer, String> stored = new TreeMap<>();
        loads.values().forEach(load -> stored.put(load.id, load.stored));
        return stored;
    }

    /** Whether what is for each request of its own is kept at all. */
    boolean keepsForValidation() {
        return settings.validated() > 0;
    }

    /** How many requests have ended in each state. */
    Map<CacheState, Integer> counts() {
        Map<CacheState, Integer> counts = new EnumMap<>(miscounted);
        for (String answer : told.values()) {
            for (CacheState state : CacheState.values()) {
                if (List.of(answer.split(" ")).contains(state.name())) {
                    counts.merge(state, 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    private void tellStale(ModelLoad load, int caller, ModelMemory.Value value) {
        told.put(caller, memory.told("STALE", value));
        if (isFlaw(CacheFlaw.COUNTS_A_STALE_ANSWER_AS_A_LOAD_TOO)) {
            miscounted.merge(CacheState.valueOf(load.state(caller)), 1, Integer::sum);
        }
    }

    String peek(int key) {
        ModelMemory.Value value = memory.value(key);
        return value == null || !memory.isUsable(value)
                ? "-"
                : memory.told(memory.isFresh(value) ? "HIT" : "STALE", value);
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
        ModelMemory.Value value = memory.value(key);
        if (value != null && memory.suits(value, options(caller))) {
            boolean backingOff = !isFlaw(CacheFlaw.NEVER_BACKS_OFF) && value.failures > 0 && memory.now < value.retryAt;
            if (memory.isFresh(value)) {
                return memory.told("HIT", value);
            }
            if (memory.mayBeGivenWhileRenewed(value) && (backingOff || isRenewed(caller, key))) {
                return memory.told("STALE", value);
            }
            if (memory.mayBeGivenOnError(value) && backingOff) {
                return memory.told("STALE", value);
            }
        }
        return memory.isFailed(key) ? "failure NEGATIVE" : null;
    }

    private boolean isRenewed(int caller, int key) {
        ReadOptions.Loading loading = options(caller).loading();
        boolean own = loading == ReadOptions.Loading.OWN;
        boolean isUnderWay = underWay.containsKey(key) || (own && ownRenewals.containsKey(key));
        if ((own || loading == ReadOptions.Loading.SHARED)
                && (!isUnderWay || isFlaw(CacheFlaw.REFRESHES_TWICE_AT_ONCE))) {
            ModelLoad load = load(caller, key, own ? Load.Kind.OWN : Load.Kind.SHARED);
            if (own) {
                ownRenewals.put(key, load);
            }
        }
        return loading != ReadOptions.Loading.UNSTORED;
    }

    private void join(int caller, int key) {
        ModelLoad current = isFlaw(CacheFlaw.LETS_ALL_LOAD_FOR_THEMSELVES) ? null : underWay.get(key);
        if (memory.mark(key).times() >= (isFlaw(CacheFlaw.LETS_ONE_ODD_ANSWER_END_COALESCING) ? 1 : 2)) {
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
        ModelMemory.Value value = memory.value(key);
        boolean isThere = value != null
                && (isFlaw(CacheFlaw.FORGETS_WHAT_COULD_BE_VALIDATED) ? memory.isUsable(value) : memory.isOfUse(value));
        String stored = isThere ? Objects.requireNonNull(value).text : "-";
        ModelLoad load = new ModelLoad(caller, key, kind, memory.now + settings.deadline(), ++orders, stored);
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
            ModelMemory.Value value = memory.value(load.key);
            boolean forOne = text.startsWith("u") && caller != load.id && !isFlaw(CacheFlaw.SHARES_WHAT_IS_FOR_ONE);
            boolean isError = text.startsWith("e") && !isFlaw(CacheFlaw.GIVES_ERRORS_IN_SPITE_OF_A_STALE_VALUE);
            if (isError && value != null && memory.isUsable(value) && memory.suits(value, options(caller))) {
                tellStale(load, caller, value);
            } else if (text.startsWith("p")
                    && caller != load.id
                    && !isFlaw(CacheFlaw.SHARES_WHAT_IS_FOR_EACH_REQUEST)) {
                begin(caller, load.key, Load.Kind.ALONE);
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
            case 'v', 'p' -> {
                boolean lost = load.kind == Load.Kind.ALONE && isFlaw(CacheFlaw.KEEPS_NOTHING_OF_LOADS_ALONE);
                boolean unstored =
                        load.kind == Load.Kind.UNSTORED && !isFlaw(CacheFlaw.STORES_WHAT_IS_NOT_TO_BE_STORED);
                if (!lost && !unstored) {
                    memory.keep(load.key, text, load.order);
                }
            }
            case 'u' -> {
                boolean own = load.kind == Load.Kind.OWN && isFlaw(CacheFlaw.LETS_OWN_LOADS_MARK_A_KEY);
                if (load.isForAll() || own) {
                    memory.countRefusal(load.key);
                }
            }
            case 'g' -> {
                boolean own = load.kind == Load.Kind.OWN && isFlaw(CacheFlaw.LETS_OWN_LOADS_REMOVE_A_VALUE);
                if ((load.isOrdinary() || own) && !isFlaw(CacheFlaw.KEEPS_WHAT_IS_GONE)) {
                    memory.forget(load.key);
                }
            }
            default -> {
                if (load.isOrdinary()) {
                    memory.backOff(load.key);
                }
            }
        }
    }

    private static List<Integer> reversed(List<Integer> callers) {
        List<Integer> all = new ArrayList<>(callers);
        Collections.reverse(all);
        return all;
    }

    /** Whether what is kept was not brought by a load that began later. The cache does not remember what has expired. */
    private boolean isNoOlder(ModelLoad load) {
        ModelMemory.Value value = memory.value(load.key);
        return value == null
                || !memory.isOfUse(value)
                || value.order < load.order
                || isFlaw(CacheFlaw.LETS_OLD_RESULTS_REPLACE_NEW_ONES);
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
            boolean backsOff = !gone && memory.backOff(load.key);
            if (gone && !isFlaw(CacheFlaw.KEEPS_WHAT_IS_GONE)) {
                memory.fail(load.key, settings.gone());
            } else if (!backsOff
                    && (load.isForAll() || isFlaw(CacheFlaw.REMEMBERS_WHAT_IS_FOR_ONE))
                    && (failing == Failing.DECLARED || isFlaw(CacheFlaw.REMEMBERS_ALL_FAILURES))) {
                memory.fail(load.key, settings.remembered());
            }
        }
        ModelMemory.Value value = memory.value(load.key);
        for (int caller : load.callers) {
            boolean standsIn = !gone || isFlaw(CacheFlaw.HIDES_WHAT_IS_GONE_BEHIND_A_STALE_VALUE);
            boolean stale = value != null && memory.isUsable(value) && memory.suits(value, options(caller)) && standsIn;
            if (stale) {
                tellStale(load, caller, Objects.requireNonNull(value));
            } else {
                told.put(caller, reason + " " + load.state(caller));
            }
        }
    }

    private void end(ModelLoad load) {
        load.ended = true;
        underWay.remove(load.key, load);
        ownRenewals.remove(load.key, load);
    }

    void put(int key, String text) {
        invalidate(key);
        memory.keep(key, text, ++orders);
    }

    void invalidate(int key) {
        outdate(key);
        memory.forget(key);
    }

    void invalidateTag(String tag) {
        for (int key : loads.values().stream().map(load -> load.key).toList()) {
            outdate(key);
        }
        memory.forgetTag(tag);
    }

    private void outdate(int key) {
        underWay.remove(key);
        ownRenewals.remove(key);
        loads.values().stream().filter(load -> load.key == key).forEach(load -> load.outdated = true);
    }

    void advance(long seconds) {
        long end = memory.now + seconds;
        loads.values().stream()
                .filter(load -> !load.ended && load.deadline <= end)
                .sorted(Comparator.comparingLong(load -> load.deadline))
                .toList()
                .forEach(load -> {
                    memory.now = load.deadline;
                    failed(load, "DEADLINE", Failing.DECLARED);
                });
        memory.now = end;
    }

    private Options options(int caller) {
        return Objects.requireNonNull(asked.get(caller));
    }

    private boolean isFlaw(CacheFlaw other) {
        return flaw == other;
    }
}
