package dev.ratelimit.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/** One way to count, and the callers that count in this way at the same time. */
record LoadWay(String name, List<Caller> callers) {

    /** A caller that repeatedly counts one unit on a key. */
    record Caller(String key, Call call) {}

    /** One call. */
    @FunctionalInterface
    interface Call {

        /** Counts one unit on the caller's key, and returns whether it was granted. */
        boolean granted() throws Exception;
    }

    /** Makes the call of a key. */
    @FunctionalInterface
    interface Calls {

        /** The call. */
        Call on(String key) throws Exception;
    }

    /** One caller. */
    static LoadWay alone(String name, String key, Calls calls) throws Exception {
        return new LoadWay(name, List.of(new Caller(key, calls.on(key))));
    }

    /** The given number of callers, all on one key. */
    static LoadWay together(String name, int callers, String key, Calls calls) throws Exception {
        return of(name, IntStream.range(0, callers).mapToObj(i -> key).toList(), calls);
    }

    /** The given number of callers, each on its own key. */
    static LoadWay apart(String name, int callers, Calls calls) throws Exception {
        return of(name, IntStream.range(0, callers).mapToObj(i -> "key-" + i).toList(), calls);
    }

    /** A caller on each of the keys. */
    static LoadWay of(String name, List<String> keys, Calls calls) throws Exception {
        Caller[] callers = new Caller[keys.size()];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new Caller(keys.get(i), calls.on(keys.get(i)));
        }
        return new LoadWay(name, List.of(callers));
    }
}
