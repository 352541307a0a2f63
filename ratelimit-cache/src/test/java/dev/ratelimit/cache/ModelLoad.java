package dev.ratelimit.cache;

import java.util.ArrayList;
import java.util.List;

/** A load of {@link CacheModel}, known by the caller whose loader it calls. */
final class ModelLoad {
    final int id;
    final int key;
    final Load.Kind kind;
    final long deadline;
    final int order;
    final String stored;
    final List<Integer> callers = new ArrayList<>();
    boolean outdated;
    boolean ended;

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
