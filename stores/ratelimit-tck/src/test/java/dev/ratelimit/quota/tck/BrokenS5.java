package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.tck.PlainBackend.State;
import dev.ratelimit.store.Deadline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores that break a rule of chapter S5. */
final class BrokenS5 {

    private BrokenS5() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S5.1", "asks for the id first, and counts then", AsksFirst::new),
                Broken.of("S5.1", "does not remember adjusts", ForgetsAdjusts::new, "S4.3"),
                Broken.of("S5.1", "does not remember groups", ForgetsGroups::new),
                Broken.of("S5.1", "answers with what is shown now", AnswersAnew::new, "S4.3", "S5.4"),
                Broken.of("S5.2", "remembers a denial as granted", RemembersDenials::new),
                Broken.of("S5.3", "remembers, though it says that it does not", RemembersInSecret::new),
                Broken.of("S5.4", "takes small numbers for old ones", HighWaterMark::new, "S4.3", "S5.1"),
                Broken.of("S5.4", "forgets who the holder is", NoHolder::new),
                Broken.of("S5.4", "forgets which counter it was", NoCounter::new, "S4.3"));
    }

    private static final class AsksFirst extends PlainStore {
        AsksFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!(operation instanceof Acquire acquire) || acquire.id() == null) {
                return super.decided(operation, deadline);
            }
            @Nullable Counted before = locked(() -> known(acquire.counter(), state(acquire.counter()), acquire.id()));
            if (before != null) {
                return before;
            }
            pause();
            return locked(() -> {
                State state = state(acquire.counter());
                Counted answer = decided(state, acquire);
                if (answer.granted() > 0) {
                    remember(acquire.counter(), state, acquire.id(), answer);
                }
                return answer;
            });
        }
    }

    private static final class ForgetsAdjusts extends PlainStore {
        ForgetsAdjusts(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted adjusted(Adjust adjust) {
            return super.adjusted(new Adjust(adjust.counter(), adjust.delta(), null));
        }
    }

    private static final class ForgetsGroups extends PlainStore {
        ForgetsGroups(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome grouped(Group group) {
            return super.grouped(new Group(group.acquires().stream()
                    .map(acquire -> Acquire.allOrNothing(acquire.counter(), acquire.want(), acquire.limit()))
                    .toList()));
        }
    }

    private static final class AnswersAnew extends PlainStore {
        AnswersAnew(PlainBackend backend) {
            super(backend);
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            Counted known = super.known(counter, state, id);
            return known == null ? null : new Counted(known.granted(), state.used);
        }
    }

    private static final class RemembersDenials extends PlainStore {
        RemembersDenials(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted denied(State state, Acquire acquire) {
            Counted granted = new Counted(acquire.want(), acquire.limit());
            remember(acquire.counter(), state, acquire.id(), granted);
            return super.denied(state, acquire);
        }
    }

    private static final class RemembersInSecret extends PlainStore {
        RemembersInSecret(PlainBackend backend) {
            super(backend, new Capabilities(false, AtomicGroups.ALL, 500));
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            return id == null ? null : state.answers.get(id);
        }
    }

    private static final class HighWaterMark extends PlainStore {
        HighWaterMark(PlainBackend backend) {
            super(backend);
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            if (id == null) {
                return null;
            }
            return state.answers.entrySet().stream()
                    .filter(entry -> ((OperationId) entry.getKey()).sequence() >= id.sequence())
                    .map(entry -> entry.getValue())
                    .findAny()
                    .orElse(null);
        }

        @Override
        void remember(Counter counter, State state, @Nullable OperationId id, Counted answer) {
            if (id != null) {
                state.answers.clear();
                state.answers.put(id, answer);
            }
        }
    }

    private static final class NoHolder extends PlainStore {
        NoHolder(PlainBackend backend) {
            super(backend);
        }

        @Override
        Object key(OperationId id) {
            return id.sequence();
        }
    }

    private static final class NoCounter extends PlainStore {
        NoCounter(PlainBackend backend) {
            super(backend);
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            return id == null ? null : backend.answers.get(id);
        }

        @Override
        void remember(Counter counter, State state, @Nullable OperationId id, Counted answer) {
            if (id != null) {
                backend.answers.put(id, answer);
            }
        }
    }
}
