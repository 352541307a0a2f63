package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.store.Deadline;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a call by its caller, and by the watch. */
@Timeout(60)
class HeldSessionTest {

    private static final int CALLS = 200_000;

    private final AtomicInteger aborted = new AtomicInteger();
    private final HeldSession held = new HeldSession(session(aborted::incrementAndGet), 0);

    /** A session whose connection does nothing but tell of its abort. */
    static Session session(Runnable whenAborted) {
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "abort" -> whenAborted.run();
                        case "getAutoCommit" -> {
                            return true;
                        }
                        case "getNetworkTimeout" -> {
                            return 0;
                        }
                        default -> throw new AssertionError(method);
                    }
                    return null;
                });
        try {
            return Session.open(from(connection), Deadline.never());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Connections from(Connection connection) {
        return new Connections() {
            @Override
            public Connection take() {
                return connection;
            }

            @Override
            public void giveBack(Connection same, boolean sound) {}

            @Override
            public void close() {}
        };
    }

    @Test
    void a_call_that_is_late_is_ended_once() {
        held.begin(Deadline.never(), 100);
        assertThat(held.endIfLate(40)).isBetween(60L, 61L);
        assertThat(aborted).hasValue(0);
        assertThat(held.endIfLate(101)).isEqualTo(Watch.FAR);
        assertThat(held.endIfLate(200)).isEqualTo(Watch.FAR);
        assertThat(aborted).hasValue(1);
        assertThat(held.finish()).isFalse();
    }

    @Test
    void a_call_that_is_over_is_not_ended() {
        held.begin(Deadline.never(), 100);
        assertThat(held.finish()).isTrue();
        assertThat(held.endIfLate(200)).isEqualTo(Watch.FAR);
        assertThat(aborted).hasValue(0);
    }

    @Test
    void readings_of_the_time_may_be_negative_and_wrap_around() {
        held.begin(Deadline.never(), Long.MIN_VALUE + 10);
        assertThat(held.endIfLate(Long.MAX_VALUE - 10)).isBetween(21L, 22L);
        assertThat(held.endIfLate(Long.MIN_VALUE + 12)).isEqualTo(Watch.FAR);
        assertThat(aborted).hasValue(1);
        held.begin(Deadline.never(), 0);
        assertThat(held.endIfLate(-5)).isBetween(5L, 6L);
    }

    @Test
    void either_the_caller_ends_a_call_or_the_watch_and_never_the_next_one() throws Exception {
        int ended = 0;
        // A machine with other things to do may not let the two meet at first.
        while (ended == 0) {
            ended = raced(held::endIfLate, nanos -> held.begin(Deadline.never(), nanos), held::finish);
            assertThat(ended).isEqualTo(aborted.get());
        }
    }

    @Test
    void the_race_finds_out_a_watch_that_looks_first() throws Exception {
        AtomicLong due = new AtomicLong();
        AtomicInteger abortedByTwin = new AtomicInteger();
        LongConsumer endIfLate = now -> {
            if (due.get() != 0 && due.get() <= now) {
                due.set(Long.MAX_VALUE);
                abortedByTwin.incrementAndGet();
            }
        };
        boolean found = false;
        while (!found) {
            abortedByTwin.set(0);
            int ended = raced(endIfLate, due::set, () -> due.getAndSet(0) != Long.MAX_VALUE);
            found = ended != abortedByTwin.get();
        }
        assertThat(found).isTrue();
    }

    private interface Begin {
        void at(long nanos);
    }

    private interface Finish {
        boolean now();
    }

    /** Begins and finishes calls while a watch finds each of them late; returns how many did not end by themselves. */
    private static int raced(LongConsumer endIfLate, Begin begin, Finish finish) throws Exception {
        AtomicInteger over = new AtomicInteger();
        FutureTask<Void> watch = new FutureTask<>(
                () -> {
                    while (over.get() == 0) {
                        endIfLate.accept(CALLS + 1);
                    }
                },
                null);
        new Thread(watch, "watch").start();
        int ended = 0;
        for (int call = 1; call <= CALLS; call++) {
            begin.at(call);
            Thread.onSpinWait();
            ended += finish.now() ? 0 : 1;
        }
        over.set(1);
        watch.get();
        return ended;
    }
}
