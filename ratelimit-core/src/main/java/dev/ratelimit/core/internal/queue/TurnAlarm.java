package dev.ratelimit.core.internal.queue;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.waiting.Timers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * An alarm that rings once at the earliest of the instants to which it is set. It may then be set again.
 *
 * <p>Thread-safe, without a lock.
 */
final class TurnAlarm {

    private static final VarHandle SETTING;

    static {
        try {
            SETTING = MethodHandles.lookup().findVarHandle(TurnAlarm.class, "setting", Setting.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One instant, and its timer. */
    private static final class Setting implements Runnable {

        private final TurnAlarm alarm;
        private final long instant;
        private volatile @Nullable ScheduledTask timer;
        private volatile boolean hasCome;

        Setting(TurnAlarm alarm, long instant) {
            this.alarm = alarm;
            this.instant = instant;
        }

        @Override
        public void run() {
            hasCome = true;
            if (SETTING.compareAndSet(alarm, this, null)) {
                alarm.onRing.run();
            }
        }

        void cancel() {
            ScheduledTask scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
        }
    }

    private final TimeSource time;
    private final Runnable onRing;

    private volatile @Nullable Setting setting;
    private volatile boolean isOff;

    TurnAlarm(TimeSource time, Runnable onRing) {
        this.time = time;
        this.onRing = onRing;
    }

    TimeSource time() {
        return time;
    }

    /**
     * Makes the alarm ring at an instant, unless it rings earlier. If there is no timer for it, the previous setting
     * stays.
     */
    void set(long instant) {
        Setting before = setting;
        Setting after = new Setting(this, instant);
        while (!isOff && (before == null || instant - before.instant < 0)) {
            if (SETTING.compareAndSet(this, before, after)) {
                start(after, before);
                return;
            }
            before = setting;
        }
    }

    /** Turns the alarm off for ever. */
    void turnOff() {
        isOff = true;
        Setting last = (Setting) SETTING.getAndSet(this, null);
        if (last != null) {
            last.cancel();
        }
    }

    private void start(Setting started, @Nullable Setting before) {
        ScheduledTask timer;
        try {
            timer = Timers.schedule(time, started.instant, started);
        } catch (Throwable e) {
            // The timer has no thread or no memory.
            if (SETTING.compareAndSet(this, started, before) && before != null && before.hasCome) {
                before.run();
            }
            throw e;
        }
        started.timer = timer;
        if (before != null) {
            before.cancel();
        }
        if (setting != started) {
            timer.cancel();
        }
    }
}
