package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.tck.PlainBackend.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores that break a rule of chapter S4. */
final class BrokenS4 {

    private BrokenS4() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S4.1", "forgets counters after half their time", ForgetsEarly::new, "S4.3"),
                Broken.of("S4.1", "loses the last write at the end", LosesTheLastWrite::new, "S4.3"),
                Broken.of("S4.2", "forgets nothing", ForgetsNothing::new),
                Broken.of("S4.2", "forgets only what is touched", ForgetsWhatIsTouched::new),
                Broken.of("S4.3", "forgets answers after a second", ForgetsAnswersEarly::new),
                Broken.of("S4.3", "keeps answers for ever", KeepsAnswers::new));
    }

    private static final class ForgetsEarly extends PlainStore {
        ForgetsEarly(PlainBackend backend) {
            super(backend);
        }

        @Override
        void forget() {
            Instant now = backend.clock.instant();
            backend.states
                    .values()
                    .removeIf(state -> !state.started
                            .plus(Duration.between(state.started, state.expires).dividedBy(2))
                            .isAfter(now));
        }
    }

    private static final class LosesTheLastWrite extends PlainStore {
        LosesTheLastWrite(PlainBackend backend) {
            super(backend);
        }

        @Override
        public void close() {
            if (!closed) {
                backend.states.remove(backend.touchedLast);
            }
            super.close();
        }
    }

    private static final class ForgetsNothing extends PlainStore {
        ForgetsNothing(PlainBackend backend) {
            super(backend);
        }

        @Override
        void forget() {}
    }

    private static final class ForgetsWhatIsTouched extends PlainStore {
        ForgetsWhatIsTouched(PlainBackend backend) {
            super(backend);
        }

        @Override
        void forget() {}

        @Override
        State state(Counter counter) {
            State state = backend.states.get(key(counter));
            if (state != null && !state.expires.isAfter(backend.clock.instant())) {
                backend.states.remove(key(counter));
            }
            return super.state(counter);
        }
    }

    private static final class ForgetsAnswersEarly extends PlainStore {
        ForgetsAnswersEarly(PlainBackend backend) {
            super(backend);
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            boolean early = state.started.plusSeconds(1).isAfter(backend.clock.instant());
            return early ? super.known(counter, state, id) : null;
        }
    }

    private static final class KeepsAnswers extends PlainStore {
        KeepsAnswers(PlainBackend backend) {
            super(backend);
        }

        @Override
        @Nullable
        Counted known(Counter counter, State state, @Nullable OperationId id) {
            return id == null ? null : backend.answers.get(new OperationId(id.holder(), number(counter, id)));
        }

        @Override
        void remember(Counter counter, State state, @Nullable OperationId id, Counted answer) {
            if (id != null) {
                backend.answers.put(new OperationId(id.holder(), number(counter, id)), answer);
            }
        }

        private static long number(Counter counter, OperationId id) {
            return 1 + Math.abs((counter.name() + "#" + id.sequence()).hashCode() % 1_000_000_007L);
        }
    }
}
