package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.tck.PlainBackend.State;
import java.util.List;

/** Stores that break a rule of chapters S2 and S3. */
final class BrokenS2AndS3 {

    private BrokenS2AndS3() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S2.1", "grants the least where there is not all", GrantsTheLeast::new),
                Broken.of("S2.2", "is full after a denial", FullAfterDenial::new, "S2.1"),
                Broken.of("S2.2", "shows the limit in a denial", ShowsTheLimit::new),
                Broken.of("S2.3", "shows what was before a charge", ShowsBefore::new, "S1.4", "S9.1"),
                Broken.of("S3.1", "keeps to the first limit", KeepsTheFirstLimit::new),
                Broken.of("S3.1", "keeps to the highest limit", KeepsTheHighestLimit::new),
                Broken.of("S3.2", "cuts counters down to the limit", CutsDown::new, "S1.2"));
    }

    private static final class GrantsTheLeast extends PlainStore {
        GrantsTheLeast(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted decided(State state, Acquire acquire) {
            long room = acquire.limit() - state.used;
            boolean part = acquire.min() > 1 && acquire.min() <= room && room < acquire.want();
            return super.decided(
                    state, part ? Acquire.allOrNothing(acquire.counter(), acquire.min(), acquire.limit()) : acquire);
        }
    }

    private static final class FullAfterDenial extends PlainStore {
        FullAfterDenial(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted denied(State state, Acquire acquire) {
            Counted denial = super.denied(state, acquire);
            if (acquire.min() < acquire.want() && state.used > 0) {
                state.used = Math.max(state.used, acquire.limit());
            }
            return denial;
        }
    }

    private static final class ShowsTheLimit extends PlainStore {
        ShowsTheLimit(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted denied(State state, Acquire acquire) {
            return acquire.min() < acquire.want() && state.used < acquire.limit()
                    ? new Counted(0, acquire.limit())
                    : super.denied(state, acquire);
        }
    }

    private static final class ShowsBefore extends PlainStore {
        ShowsBefore(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted adjusted(Adjust adjust) {
            long before = state(adjust.counter()).used;
            Counted answer = super.adjusted(adjust);
            return adjust.delta() > 0 && adjust.id() == null ? new Counted(0, before) : answer;
        }
    }

    private static final class KeepsTheFirstLimit extends PlainStore {
        KeepsTheFirstLimit(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted decided(State state, Acquire acquire) {
            if (state.limit < 0) {
                state.limit = acquire.limit();
            }
            return super.decided(
                    state,
                    new Acquire(
                            acquire.counter(),
                            acquire.want(),
                            acquire.min(),
                            Math.min(state.limit, acquire.limit()),
                            acquire.id()));
        }
    }

    private static final class KeepsTheHighestLimit extends PlainStore {
        KeepsTheHighestLimit(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted decided(State state, Acquire acquire) {
            state.limit = Math.max(state.limit, acquire.limit());
            return super.decided(
                    state,
                    new Acquire(
                            acquire.counter(),
                            acquire.want(),
                            acquire.min(),
                            state.used <= acquire.limit() ? state.limit : acquire.limit(),
                            acquire.id()));
        }
    }

    private static final class CutsDown extends PlainStore {
        CutsDown(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted denied(State state, Acquire acquire) {
            Counted denial = super.denied(state, acquire);
            state.used = Math.min(state.used, acquire.limit());
            return denial;
        }
    }
}
