package dev.ratelimit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Any history of scheduling, cancelling and advancing runs the same tasks as a model with integers of unlimited size.
 */
class ManualTimePropertyTest {

    private static final int STEPS = 200;

    @Property(tries = 500)
    void runsWhatTheModelRuns(@ForAll long origin, @ForAll long seed) {
        assertThat(historyOf(new Real(origin), seed)).isEqualTo(historyOf(new Model(origin), seed));
    }

    @Property(tries = 20)
    void aModelThatComparesReadingsInsteadOfDifferencesIsCaught(@ForAll long seed) {
        // Close to the wrap, so that each history crosses it.
        long origin = Long.MAX_VALUE - 1_000;
        assertThat(historyOf(new Real(origin), seed)).isNotEqualTo(historyOf(new Naive(origin), seed));
    }

    /** The subject of a history. */
    private interface Subject {
        ScheduledTask schedule(long in, Runnable task);

        void advance(long nanos);

        long nanos();
    }

    private static List<String> historyOf(Subject subject, long seed) {
        Random random = new Random(seed);
        List<String> history = new ArrayList<>();
        List<ScheduledTask> tasks = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int choice = random.nextInt(10);
            if (choice < 5) {
                tasks.add(schedule(subject, history, random, tasks.size(), 2));
            } else if (choice < 7 && !tasks.isEmpty()) {
                int which = random.nextInt(tasks.size());
                history.add("cancel " + which + ": " + tasks.get(which).cancel());
            } else {
                subject.advance(random.nextInt(300));
                history.add("stands at " + subject.nanos());
            }
        }
        subject.advance(10_000);
        return history;
    }

    /** Schedules a task that records when it runs, and sometimes schedules another. */
    private static ScheduledTask schedule(
            Subject subject, List<String> history, Random random, int number, int generations) {
        long in = random.nextInt(500) - 20L;
        boolean hasChild = generations > 0 && random.nextInt(4) == 0;
        Random ofChild = new Random(random.nextLong());
        return subject.schedule(in, () -> {
            history.add(number + " runs at " + subject.nanos());
            if (hasChild) {
                schedule(subject, history, ofChild, number + 1_000, generations - 1);
            }
        });
    }

    /** The class that is tested. */
    private static final class Real implements Subject {

        private final ManualTime time;

        Real(long origin) {
            time = new ManualTime(origin);
        }

        @Override
        public ScheduledTask schedule(long in, Runnable task) {
            return time.schedule(time.nanos() + in, task);
        }

        @Override
        public void advance(long nanos) {
            time.advanceNanos(nanos);
        }

        @Override
        public long nanos() {
            return time.nanos();
        }
    }

    /** A list that is searched for its first entry, and instants that never wrap. */
    private static class Model implements Subject {

        private final List<Entry> entries = new ArrayList<>();
        private BigInteger now;
        private boolean runs;

        Model(long origin) {
            now = BigInteger.valueOf(origin);
        }

        private record Entry(BigInteger due, Runnable task) {}

        BigInteger due(long in) {
            return now.add(BigInteger.valueOf(in));
        }

        @Override
        public ScheduledTask schedule(long in, Runnable task) {
            Entry entry = new Entry(due(in), task);
            entries.add(entry);
            if (!runs) {
                runUntil(now);
            }
            return () -> entries.remove(entry);
        }

        @Override
        public void advance(long nanos) {
            BigInteger goal = now.add(BigInteger.valueOf(nanos));
            runUntil(goal);
            now = now.max(goal);
        }

        private void runUntil(BigInteger goal) {
            runs = true;
            while (true) {
                // Of equal entries, the one that was scheduled first.
                Entry first =
                        entries.stream().min(Comparator.comparing(Entry::due)).orElse(null);
                if (first == null || first.due.compareTo(goal) > 0) {
                    break;
                }
                entries.remove(first);
                now = now.max(first.due);
                first.task.run();
            }
            runs = false;
        }

        @Override
        public long nanos() {
            return now.longValue();
        }
    }

    /** A broken twin that compares readings as plain numbers. */
    private static final class Naive extends Model {

        Naive(long origin) {
            super(origin);
        }

        @Override
        BigInteger due(long in) {
            return BigInteger.valueOf(nanos() + in);
        }
    }
}
