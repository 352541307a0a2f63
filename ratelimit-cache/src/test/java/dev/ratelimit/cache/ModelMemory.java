package dev.ratelimit.cache;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link CacheModel} knows of its keys: values, failures that are remembered, and answers that were not for the cache. */
final class ModelMemory {

    record Settings(
            long fresh, long whileRenewed, long onError, long validated, long deadline, long remembered, long gone) {

        long usable() {
            return fresh + Math.max(whileRenewed, onError);
        }

        long kept() {
            return Math.max(usable(), fresh + validated);
        }
    }

    static final long FIRST_RETRY = 2;
    static final long MAX_RETRY = 5;
    static final long MARKED = 4;

    static final class Value {
        final String text;
        final long at;
        final int order;
        int failures;
        long retryAt;
        Mark mark = NONE;

        /** Each request needs a load: it is of use to loaders only. */
        boolean isPerRequest() {
            return text.startsWith("p");
        }

        Value(String text, long at, int order) {
            this.text = text;
            this.at = at;
            this.order = order;
        }
    }

    /** How many answers in a row were not for the cache, and until when that counts. */
    record Mark(int times, long until) {}

    static final Mark NONE = new Mark(0, Long.MIN_VALUE);

    private final Settings settings;
    private final @Nullable CacheFlaw flaw;
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, Long> failedUntil = new HashMap<>();
    private final Map<Integer, Mark> marks = new HashMap<>();
    long now;

    ModelMemory(Settings settings, @Nullable CacheFlaw flaw) {
        this.settings = settings;
        this.flaw = flaw;
    }

    @Nullable
    Value value(int key) {
        return values.get(key);
    }

    boolean isFailed(int key) {
        return now < failedUntil.getOrDefault(key, 0L);
    }

    void fail(int key, long seconds) {
        forget(key);
        failedUntil.put(key, now + seconds);
    }

    void forgetTag(String tag) {
        values.values().removeIf(value -> value.text.endsWith(tag));
    }

    boolean mayBeGivenWhileRenewed(Value value) {
        return !value.isPerRequest() && now < value.at + settings.fresh() + settings.whileRenewed();
    }

    boolean mayBeGivenOnError(Value value) {
        return !value.isPerRequest() && now < value.at + settings.fresh() + onError();
    }

    void keep(int key, String text, int order) {
        forget(key);
        values.put(key, new Value(text, now, order));
    }

    Mark mark(int key) {
        Value value = values.get(key);
        Mark mark = value != null && isOfUse(value) ? value.mark : marks.getOrDefault(key, NONE);
        return now < mark.until() ? mark : NONE;
    }

    /** What is not for the cache is remembered beside a value that may still be used. */
    void countRefusal(int key) {
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
    boolean backOff(int key) {
        Value value = values.get(key);
        if (value == null || value.isPerRequest() || now >= value.at + settings.usable()) {
            return false;
        }
        if (isFresh(value) && !isFlaw(CacheFlaw.BACKS_OFF_FOR_A_FRESH_VALUE)) {
            return true;
        }
        value.retryAt = now + Math.min(MAX_RETRY, FIRST_RETRY << value.failures);
        value.failures = Math.min(10, value.failures + 1);
        return true;
    }

    void forget(int key) {
        values.remove(key);
        failedUntil.remove(key);
        marks.remove(key);
    }

    boolean isFresh(Value value) {
        return !value.isPerRequest()
                && now < value.at + settings.fresh() + (isFlaw(CacheFlaw.IS_FRESH_FOR_A_SECOND_TOO_LONG) ? 1 : 0);
    }

    /** Whether a caller may be given it, as it stands. */
    boolean isUsable(Value value) {
        if (isFlaw(CacheFlaw.GIVES_WHAT_IS_ONLY_KEPT_FOR_VALIDATION)) {
            return isOfUse(value);
        }
        return !value.isPerRequest()
                && now < value.at + settings.fresh() + Math.max(settings.whileRenewed(), onError());
    }

    boolean isOfUse(Value value) {
        return now < value.at + (value.isPerRequest() ? settings.validated() : settings.kept());
    }

    private long onError() {
        return isFlaw(CacheFlaw.USES_STALE_VALUES_WITHOUT_END) ? Long.MAX_VALUE / 2 : settings.onError();
    }

    boolean suits(Value value, CacheModel.Options options) {
        boolean young = now - value.at <= options.maxAge() || isFlaw(CacheFlaw.FORGETS_MAX_AGE);
        boolean lasting = options.minFresh() == 0
                || value.at + settings.fresh() - now >= options.minFresh()
                || isFlaw(CacheFlaw.FORGETS_MIN_FRESH);
        return young && lasting;
    }

    private boolean isFlaw(CacheFlaw other) {
        return flaw == other;
    }

    String told(String state, Value value) {
        return state + " " + value.text + " " + (now - value.at);
    }
}
