package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import java.io.ByteArrayInputStream;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A load and its caller meet: what the load has brought is taken or closed, exactly one of the two. */
@Timeout(60)
class HandoverRaceTest {

    private static final int ROUNDS = 20_000;
    private static final StoredReply STORED =
            new StoredReply(new ResponseHead(200, Fields.none()), new byte[0], Freshness.uncacheable());

    /** What a load and its caller do. */
    private interface Subject {

        void leave(Handover.Own brought);

        Handover.@Nullable Own take(Cached<StoredReply> answer);
    }

    private static final class Real implements Subject {

        private final Handover handover = new Handover();

        @Override
        public void leave(Handover.Own brought) {
            handover.leave(brought);
        }

        @Override
        public Handover.@Nullable Own take(Cached<StoredReply> answer) {
            return handover.take(answer);
        }
    }

    /** Looks first and writes afterwards; both have looked before one of them writes. */
    private static final class InTwoSteps implements Subject {

        private final CyclicBarrier looked = new CyclicBarrier(2);
        private volatile Handover.@Nullable Own left;
        private volatile boolean gone;

        @Override
        public void leave(Handover.Own brought) {
            boolean isGone = gone;
            await(looked);
            if (isGone) {
                brought.close();
            } else {
                left = brought;
            }
        }

        @Override
        public Handover.@Nullable Own take(Cached<StoredReply> answer) {
            Handover.Own found = left;
            await(looked);
            gone = true;
            return found;
        }
    }

    @Test
    void whatIsBroughtIsTakenOrClosed() throws Exception {
        assertThat(mistakes(ROUNDS, Real::new)).isZero();
    }

    @Test
    void aHandoverInTwoStepsIsCaught() throws Exception {
        assertThat(mistakes(1, InTwoSteps::new)).isEqualTo(1);
    }

    private static int mistakes(int rounds, Supplier<Subject> subjects) throws Exception {
        Cached<StoredReply> answer = ResponseCache.<StoredReply>builder("any")
                .executor(Runnable::run)
                .build()
                .get(CacheKey.of(Scope.shared()), () -> STORED);
        ExecutorService load = Executors.newSingleThreadExecutor();
        int mistakes = 0;
        try {
            for (int i = 0; i < rounds; i++) {
                Subject subject = subjects.get();
                AtomicInteger closed = new AtomicInteger();
                CyclicBarrier start = new CyclicBarrier(2);
                Future<?> leaves = load.submit(() -> {
                    await(start);
                    subject.leave(brought(closed));
                });
                await(start);
                Handover.Own taken = subject.take(answer);
                leaves.get(30, TimeUnit.SECONDS);
                mistakes += closed.get() + (taken == null ? 0 : 1) == 1 ? 0 : 1;
            }
        } finally {
            load.shutdownNow();
        }
        return mistakes;
    }

    private static Handover.Own brought(AtomicInteger closed) {
        ByteArrayInputStream content = new ByteArrayInputStream(new byte[0]) {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        return new Handover.Own(STORED, Fields.none(), content, false);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
