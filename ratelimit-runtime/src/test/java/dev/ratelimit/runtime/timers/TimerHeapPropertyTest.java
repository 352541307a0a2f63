package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Any history of adding and removing keeps the earliest first, and loses none. */
class TimerHeapPropertyTest {

    private static final TimerThread NONE = new TimerThread("unused", 0);

    @Property(tries = 300)
    void isAsAnyPriorityQueue(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3_000) int steps) {
        assertThat(firstFault(new Real(), seed, steps)).isEqualTo(-1);
    }

    @Property(tries = 20)
    void aTwinThatComparesInInts(@ForAll long seed) {
        assertThat(firstFault(new Truncating(), seed, 3_000)).isNotEqualTo(-1);
    }

    /** What is tried out; instants are handed out, timers kept. */
    private interface Subject {
        void add(Timer timer, long instant);

        void remove(Timer timer);

        Timer removeFirst();

        long earliest();

        int size();
    }

    private record Entry(Timer timer, long instant) {}

    /** The step at which the subject differs from a list that is searched, or -1. */
    private static int firstFault(Subject subject, long seed, int steps) {
        Random random = new Random(seed);
        List<Entry> model = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            // Grows first, then shrinks.
            boolean adds = random.nextInt(steps) > step / 2 && random.nextInt(4) > 0;
            if (adds || model.isEmpty()) {
                long instant = random.nextBoolean() ? random.nextInt(50) : random.nextLong() & Long.MAX_VALUE;
                Entry entry = new Entry(timer(), instant);
                model.add(entry);
                subject.add(entry.timer, entry.instant);
            } else if (random.nextBoolean()) {
                subject.remove(model.remove(random.nextInt(model.size())).timer);
            } else {
                long earliest = model.stream().mapToLong(Entry::instant).min().orElseThrow();
                Timer first = subject.removeFirst();
                if (!model.removeIf(entry -> entry.timer == first && entry.instant == earliest)) {
                    return step;
                }
            }
            long earliest = model.stream().mapToLong(Entry::instant).min().orElse(Long.MAX_VALUE);
            if (subject.size() != model.size() || subject.earliest() != earliest) {
                return step;
            }
        }
        return -1;
    }

    private static Timer timer() {
        return new Timer(NONE, TimeSource.system(), 0, () -> {}, Timer.Kind.SHORT);
    }

    /** The class that is tested, with a look at what a timer says of its place. */
    private static final class Real implements Subject {

        private final TimerHeap heap = new TimerHeap();

        @Override
        public void add(Timer timer, long instant) {
            heap.add(timer, instant);
        }

        @Override
        public void remove(Timer timer) {
            heap.remove(timer);
            assertThat(timer.place).isEqualTo(TimerHeap.NONE);
            // It is no longer in there: nothing happens.
            heap.remove(timer);
            heap.trim();
        }

        @Override
        public Timer removeFirst() {
            return heap.removeFirst();
        }

        @Override
        public long earliest() {
            return heap.earliest();
        }

        @Override
        public int size() {
            return heap.size();
        }
    }

    /** A twin. */
    private static final class Truncating implements Subject {

        private final PriorityQueue<Entry> queue =
                new PriorityQueue<>(Comparator.comparingInt(entry -> (int) entry.instant));

        @Override
        public void add(Timer timer, long instant) {
            queue.add(new Entry(timer, instant));
        }

        @Override
        public void remove(Timer timer) {
            queue.removeIf(entry -> entry.timer == timer);
        }

        @Override
        public Timer removeFirst() {
            return queue.remove().timer;
        }

        @Override
        public long earliest() {
            Entry first = queue.peek();
            return first == null ? Long.MAX_VALUE : first.instant;
        }

        @Override
        public int size() {
            return queue.size();
        }
    }
}
