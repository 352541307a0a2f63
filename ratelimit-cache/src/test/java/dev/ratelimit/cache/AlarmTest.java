package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.internal.OwnThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The machine's alarm: its thread goes when nothing is to come, and may not come at all. */
@Timeout(60)
class AlarmTest {

    private static final long HOUR = 3_600_000_000_000L;
    private final OutOfMemoryError full = new OutOfMemoryError("unable to create native thread");

    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final ThreadFactory threads = task -> {
        Thread thread = OwnThreads.unstarted("alarm-of-a-test", task);
        started.add(thread);
        return thread;
    };

    @Test
    void theThreadEndsWhenNothingIsToComeAndTheNextAlarmStartsAnother() throws Exception {
        Alarm alarm = new Alarm.MachineTime(threads, Runnable::run, 1_000_000);
        ScheduledTask far = alarm.after(HOUR, () -> {});
        assertThat(ring(alarm)).isSameAs(started.get(0));
        assertThat(far.cancel()).isTrue();
        started.get(0).join();
        assertThat(ring(alarm)).isSameAs(started.get(1));
        started.get(1).join();
    }

    @Test
    void aThreadThatCannotBeStartedIsTheCallersErrorAndTheNextAlarmStartsOne() throws Exception {
        ThreadFactory fails = task -> {
            started.add(OwnThreads.unstarted("alarm-of-a-test", task));
            if (started.size() == 1) {
                throw full;
            }
            return started.get(started.size() - 1);
        };
        Alarm alarm = new Alarm.MachineTime(fails, Runnable::run, 1_000_000);
        CompletableFuture<Thread> never = new CompletableFuture<>();
        assertThatThrownBy(() -> alarm.after(0, () -> never.complete(Thread.currentThread())))
                .isSameAs(full);
        assertThat(ring(alarm)).isSameAs(started.get(1));
        started.get(1).join();
        assertThat(never).isNotDone();
    }

    @Test
    void whatIsDueIsNotLostWhereNoThreadCanBeStartedForIt() throws Exception {
        Executor fails = task -> {
            throw full;
        };
        assertThat(ring(new Alarm.MachineTime(threads, fails, 1_000_000))).isSameAs(started.get(0));
    }

    private static Thread ring(Alarm alarm) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        alarm.after(0, () -> thread.complete(Thread.currentThread()));
        return thread.get();
    }
}
