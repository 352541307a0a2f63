package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A response cache as its Javadoc tells it: in maps, in whole seconds, one step after the other. A value that begins with "u" is
 * not for the cache; its tag is its last character. A load is known by the caller whose loader it calls.
 *
 * <p>With a flaw, it is a cache that breaks one rule, which the comparison has to see.
 */
final class CacheModel {

    /** What a cache could do wrong. */
    enum Flaw {
        KEEPS_WHAT_WAS_INVALIDATED_MEANWHILE,
        IS_FRESH_FOR_A_SECOND_TOO_LONG,
        REFRESHES_TWICE_AT_ONCE,
        NEVER_BACKS_OFF,
        USES_STALE_VALUES_WITHOUT_END,
        REMEMBERS_ALL_FAILURES,
        SHARES_WHAT_IS_FOR_ONE,
        KEEPS_LATE_RESULTS,
        LETS_ALL_LOAD_FOR_THEMSELVES,
        FORGETS_MAX_AGE,
        LETS_A_MARKER_DISPLACE_A_VALUE,
        LETS_ONE_ODD_ANSWER_END_COALESCING,
        KEEPS_NOTHING_OF_LOADS_ALONE
    }

    record Settings(long fresh, long whileRenewed, long onError, long deadline, long remembered) {}

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
        private final long deadline;
        private final boolean alone;
        private final int order;
        private final List<Integer> callers = new ArrayList<>();
        private boolean outdated;
        private boolean ended;

        ModelLoad(int id, int key, long deadline, boolean alone, int order) {
            this.order = order;
            this.id = id;
            this.key = key;
            this.deadline = deadline;
            this.alone = alone;
        }
    }

    private final Settings settings;
    private final @Nullable Flaw flaw;
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, Long> failedUntil = new HashMap<>();
    private final Map<Integer, Mark> marks = new HashMap<>();
    private final Map<Integer, ModelLoad> underWay = new HashMap<>();
    private final Map<Integer, ModelLoad> loads = new LinkedHashMap<>();
    private final Map<Integer, Long> maxAges = new HashMap<>();
    private final Map<Integer, Integer> refusals = new HashMap<>();
    private long now;
    private int orders;

    /** What each caller was told, by his number; "..." as long as he waits. */
    final Map<Integer, String> told = new TreeMap<>();

    CacheModel(Settings settings, @Nullable Flaw flaw) {
        this.settings = settings;
        this.flaw = flaw;
    }

    /** The callers whose loaders were called. */
    List<Integer> asked() {
        return loads.keySet().stream().sorted().toList();
    }

    String peek(int key) {
        Value value = values.get(key);
        if (value == null || now >= value.at + settings.fresh() + Math.max(settings.whileRenewed(), onError())) {
            return "-";
        }
        return told(isFresh(value) ? "HIT" : "STALE", value);
    }

    void get(int caller, int key, long maxAge) {
        maxAges.put(caller, flaw == Flaw.FORGETS_MAX_AGE ? Long.MAX_VALUE : maxAge);
        ask(caller, key);
    }

    private void ask(int caller, int key) {
        if (refusals.getOrDefault(caller, 0) >= 2) {
            told.put(caller, "...");
            load(caller, key, true).callers.add(caller);
            return;
        }
        Value value = values.get(key);
        if (value != null && isYoungEnough(value, caller)) {
            boolean backingOff = flaw != Flaw.NEVER_BACKS_OFF && value.failures > 0 && now < value.retryAt;
            if (isFresh(value)) {
                told.put(caller, told("HIT", value));
                return;
            }
            if (now < value.at + settings.fresh() + settings.whileRenewed()) {
                boolean twice = flaw == Flaw.REFRESHES_TWICE_AT_ONCE;
                if (!backingOff && (twice || !underWay.containsKey(key))) {
                    load(caller, key, false);
                }
                told.put(caller, told("STALE", value));
                return;
            }
            if (now < value.at + settings.fresh() + onError() && backingOff) {
                told.put(caller, told("STALE", value));
                return;
            }
        }
        if (now < failedUntil.getOrDefault(key, 0L)) {
            told.put(caller, "failure NEGATIVE");
            return;
        }
        told.put(caller, "...");
        ModelLoad current = flaw == Flaw.LETS_ALL_LOAD_FOR_THEMSELVES ? null : underWay.get(key);
        Mark mark = mark(key);
        if (mark.times() >= (flaw == Flaw.LETS_ONE_ODD_ANSWER_END_COALESCING ? 1 : 2)) {
            load(caller, key, true).callers.add(caller);
        } else if (current != null) {
            current.callers.add(caller);
        } else {
            load(caller, key, false).callers.add(caller);
        }
    }

    private ModelLoad load(int caller, int key, boolean alone) {
        ModelLoad load = new ModelLoad(caller, key, now + settings.deadline(), alone, ++orders);
        loads.put(caller, load);
        if (!alone) {
            underWay.put(key, load);
        }
        return load;
    }

    /** A loader returns; nothing happens if nobody waits for that any more. */
    void returns(int id, String text) {
        ModelLoad load = loads.get(id);
        if (load == null || (load.ended && flaw != Flaw.KEEPS_LATE_RESULTS)) {
            return;
        }
        boolean late = load.ended;
        end(load);
        boolean forOne = text.startsWith("u");
        if ((!load.outdated || flaw == Flaw.KEEPS_WHAT_WAS_INVALIDATED_MEANWHILE) && isNoOlder(load)) {
            if (!forOne && (!load.alone || flaw != Flaw.KEEPS_NOTHING_OF_LOADS_ALONE)) {
                keep(load.key, text, load.order);
            } else if (forOne && !load.alone) {
                mark(load.key, load.order);
            }
        }
        // The cache tells the last who has joined first; so that one leads the next load.
        for (int caller : late ? List.<Integer>of() : reversed(load.callers)) {
            if (caller == load.id || !forOne || flaw == Flaw.SHARES_WHAT_IS_FOR_ONE) {
                String state = load.alone ? "BYPASS" : caller == load.id ? "MISS" : "COALESCED";
                told.put(caller, told(state, new Value(text, now, 0)));
            } else {
                refusals.merge(caller, 1, Integer::sum);
                ask(caller, load.key);
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
        return value == null || value.order < load.order;
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
    private void mark(int key, int order) {
        Mark mark = new Mark(mark(key).times() + 1, now + MARKED);
        Value value = values.get(key);
        if (value != null && isOfUse(value) && flaw != Flaw.LETS_A_MARKER_DISPLACE_A_VALUE) {
            value.mark = mark;
            value.failures = 0;
        } else {
            forget(key);
            marks.put(key, mark);
        }
    }

    private boolean isOfUse(Value value) {
        return now < value.at + settings.fresh() + Math.max(settings.whileRenewed(), settings.onError());
    }

    /** A loader fails. */
    void fails(int id, boolean declared) {
        ModelLoad load = loads.get(id);
        if (load != null && !load.ended) {
            failed(load, "FAILED", declared);
        }
    }

    private void failed(ModelLoad load, String reason, boolean declared) {
        end(load);
        Value value = values.get(load.key);
        if (!load.alone && !load.outdated && isNoOlder(load)) {
            if (value != null && isOfUse(value)) {
                value.retryAt = now + Math.min(LONGEST_RETRY, FIRST_RETRY << value.failures);
                value.failures = Math.min(10, value.failures + 1);
            } else if (declared || flaw == Flaw.REMEMBERS_ALL_FAILURES) {
                forget(load.key);
                failedUntil.put(load.key, now + settings.remembered());
            }
        }
        for (int caller : load.callers) {
            String state = load.alone ? "BYPASS" : caller == load.id ? "MISS" : "COALESCED";
            if (value != null
                    && now < value.at + settings.fresh() + Math.max(settings.whileRenewed(), onError())
                    && isYoungEnough(value, caller)) {
                told.put(caller, told("STALE", value));
            } else {
                told.put(caller, reason + " " + state);
            }
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
                    failed(load, "DEADLINE", true);
                });
        now = end;
    }

    private boolean isFresh(Value value) {
        return now < value.at + settings.fresh() + (flaw == Flaw.IS_FRESH_FOR_A_SECOND_TOO_LONG ? 1 : 0);
    }

    private long onError() {
        return flaw == Flaw.USES_STALE_VALUES_WITHOUT_END ? Long.MAX_VALUE / 2 : settings.onError();
    }

    private boolean isYoungEnough(Value value, int caller) {
        Long maxAge = maxAges.get(caller);
        return maxAge == null || now - value.at <= maxAge;
    }

    private String told(String state, Value value) {
        return state + " " + value.text + " " + (now - value.at);
    }
}
