package dev.ratelimit.quota.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.store.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Stores that break a rule of chapter S8. */
final class BrokenS8 {

    private BrokenS8() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S8.1", "does not count the third of a group", CountsTwo::new),
                Broken.of("S8.2", "counts what comes before a denial", CountsBeforeDenial::new),
                Broken.of("S8.2", "shows zero in a denial", ShowsZero::new),
                Broken.of("S8.3", "counts one after the other", OneByOne::new),
                Broken.of("S8.3", "counts, and gives back", GivesBack::new),
                Broken.of("S8.4", "counts groups that it cannot decide", CountsAnyGroup::new),
                Broken.of("S8.4", "denies groups that it cannot decide", DeniesGroups::new),
                Broken.of("S8.5", "locks in the order of the group", LocksInOrder::new));
    }

    private static final class CountsTwo extends PlainStore {
        CountsTwo(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome grouped(Group group) {
            Outcome outcome = super.grouped(group);
            if (group.acquires().size() > 2 && ((Grouped) outcome).allowed()) {
                Acquire third = group.acquires().get(2);
                state(third.counter()).used -= third.want();
            }
            return outcome;
        }
    }

    private static final class CountsBeforeDenial extends PlainStore {
        CountsBeforeDenial(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome grouped(Group group) {
            Outcome outcome = super.grouped(group);
            if (group.acquires().size() > 2 && !((Grouped) outcome).allowed()) {
                for (Acquire acquire : group.acquires()) {
                    if (acquired(acquire).granted() == 0) {
                        break;
                    }
                }
            }
            return outcome;
        }
    }

    private static final class ShowsZero extends PlainStore {
        ShowsZero(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome grouped(Group group) {
            Grouped grouped = (Grouped) super.grouped(group);
            return grouped.allowed()
                    ? grouped
                    : new Grouped(group.acquires().stream()
                            .map(a -> new Counted(0, 0))
                            .toList());
        }
    }

    /** Whether all would be granted now. */
    private static boolean fits(PlainStore store, Group group) {
        return store.locked(() -> group.acquires().stream()
                .allMatch(acquire -> acquire.limit() - store.state(acquire.counter()).used >= acquire.want()));
    }

    private static final class OneByOne extends PlainStore {
        OneByOne(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!(operation instanceof Group group) || group.acquires().get(0).id() != null || !fits(this, group)) {
                return super.decided(operation, deadline);
            }
            List<Counted> parts = new ArrayList<>();
            for (Acquire acquire : group.acquires()) {
                parts.add((Counted) locked(() -> now(acquire)));
                pause();
            }
            return new Grouped(parts);
        }
    }

    private static final class GivesBack extends PlainStore {
        GivesBack(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!(operation instanceof Group group) || group.acquires().get(0).id() != null || fits(this, group)) {
                return super.decided(operation, deadline);
            }
            List<Acquire> counted = new ArrayList<>();
            for (Acquire acquire : group.acquires()) {
                if (((Counted) locked(() -> now(acquire))).granted() > 0) {
                    counted.add(acquire);
                }
            }
            pause();
            counted.forEach(acquire -> locked(() -> now(new Adjust(acquire.counter(), -acquire.want(), null))));
            return super.decided(operation, deadline);
        }
    }

    private static final class CountsAnyGroup extends PlainStore {
        CountsAnyGroup(PlainBackend backend) {
            super(backend, new Capabilities(true, AtomicGroups.OF_ONE_SUBJECT, 500));
        }

        @Override
        boolean mayDecide(Group group) {
            return true;
        }
    }

    private static final class DeniesGroups extends PlainStore {
        DeniesGroups(PlainBackend backend) {
            super(backend, new Capabilities(true, AtomicGroups.NONE, 500));
        }

        @Override
        Outcome now(Operation operation) {
            return operation instanceof Group group
                    ? new Grouped(group.acquires().stream()
                            .map(a -> new Counted(0, 0))
                            .toList())
                    : super.now(operation);
        }
    }

    private static final class LocksInOrder extends PlainStore {
        private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

        LocksInOrder(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!(operation instanceof Group group)) {
                return super.decided(operation, deadline);
            }
            List<ReentrantLock> held = new ArrayList<>();
            try {
                for (Acquire acquire : group.acquires()) {
                    ReentrantLock lock = locks.computeIfAbsent(key(acquire.counter()), name -> new ReentrantLock());
                    // A real one would wait for good; this one for as long as its caller does.
                    if (!lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                        return failed(Certainty.NOT_APPLIED);
                    }
                    held.add(lock);
                    pause();
                }
                return super.decided(operation, deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return failed(Certainty.NOT_APPLIED);
            } finally {
                held.forEach(ReentrantLock::unlock);
            }
        }
    }
}
