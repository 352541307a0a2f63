package dev.ratelimit.quota.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Stores that break a rule of chapter S9. */
final class BrokenS9 {

    private BrokenS9() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S9.1", "answers reads first", ReadsFirst::new),
                Broken.of("S9.1", "gives no outcome of a denial", DropsDenials::new),
                Broken.of("S9.2", "does half of what it says", HalfABatch::new),
                Broken.of("S9.2", "does the last first", LastFirst::new),
                Broken.of("S9.3", "takes a call for a transaction", Transaction::new),
                Broken.of("S9.4", "shares a list among threads", SharesAList::new),
                Broken.of("S9.4", "cannot be closed twice", ClosesOnce::new, "S4.1", "S4.3", "S7.5"),
                Broken.of("S9.5", "does not tell case", IgnoresCase::new, "S10.1"),
                Broken.of("S9.5", "takes _ for any character", Wildcard::new, "S10.1", "S10.2"),
                Broken.of("S9.5", "cuts names", CutsNames::new));
    }

    private static final class ReadsFirst extends PlainStore {
        ReadsFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Operation> sorted = new ArrayList<>(operations);
            sorted.sort(Comparator.comparing(operation -> operation instanceof Read ? 0 : 1));
            return super.apply(sorted, deadline);
        }
    }

    private static final class DropsDenials extends PlainStore {
        DropsDenials(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Outcome> outcomes = new ArrayList<>(super.apply(operations, deadline));
            if (operations.size() > 3) {
                outcomes.removeIf(outcome -> outcome.equals(new Counted(0, 0)));
            }
            return outcomes;
        }
    }

    private static final class HalfABatch extends PlainStore {
        HalfABatch(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (operations.size() > capabilities().maxBatch() / 2) {
                throw new StoreException(Certainty.NOT_APPLIED, "too many", null);
            }
            return super.apply(operations, deadline);
        }
    }

    private static final class LastFirst extends PlainStore {
        LastFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (operations.size() <= 6) {
                return super.apply(operations, deadline);
            }
            List<Operation> reversed = new ArrayList<>(operations);
            Collections.reverse(reversed);
            List<Outcome> outcomes = new ArrayList<>(super.apply(reversed, deadline));
            Collections.reverse(outcomes);
            return outcomes;
        }
    }

    private static final class Transaction extends PlainStore {
        Transaction(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Outcome> outcomes = super.apply(operations, deadline);
            boolean denied = operations.size() == 3
                    && operations.get(1) instanceof Acquire
                    && outcomes.get(1).equals(new Counted(0, 0));
            for (int i = 0; denied && i < 3; i += 2) {
                if (operations.get(i) instanceof Acquire acquire) {
                    one(new Adjust(acquire.counter(), -acquire.want(), null), deadline);
                }
            }
            return outcomes;
        }
    }

    private static final class SharesAList extends PlainStore {
        private final List<Outcome> shared = Collections.synchronizedList(new ArrayList<>());

        SharesAList(PlainBackend backend) {
            super(backend);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (operations.size() == 1) {
                return super.apply(operations, deadline);
            }
            shared.clear();
            for (Operation operation : operations) {
                shared.add(one(operation, deadline));
                pause();
            }
            return List.copyOf(shared);
        }
    }

    private static final class ClosesOnce extends PlainStore {
        ClosesOnce(PlainBackend backend) {
            super(backend);
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("closed already");
            }
            super.close();
        }
    }

    private static final class IgnoresCase extends PlainStore {
        IgnoresCase(PlainBackend backend) {
            super(backend);
        }

        @Override
        String key(Counter counter) {
            return counter.name().toLowerCase(Locale.ROOT);
        }
    }

    private static final class Wildcard extends PlainStore {
        Wildcard(PlainBackend backend) {
            super(backend);
        }

        @Override
        String key(Counter counter) {
            return counter.name().replace('_', 'x');
        }
    }

    private static final class CutsNames extends PlainStore {
        CutsNames(PlainBackend backend) {
            super(backend);
        }

        @Override
        String key(Counter counter) {
            return counter.name().substring(0, Math.min(255, counter.name().length()));
        }
    }
}
