package dev.ratelimit.core.internal.trouble;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the first failure of something to the log, and no other: a broken listener is noticed, and does not fill a disk.
 *
 * <p>Thread-safe; never throws.
 */
public final class FirstFailure {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit");

    private final Consumer<Throwable> log;
    private final AtomicBoolean written = new AtomicBoolean();

    /**
     * Creates one that has seen no failure.
     *
     * @param what failed, as the line in the log begins
     */
    public FirstFailure(String what) {
        this(failure -> LOG.warn("{}; further failures are not logged", what, failure));
    }

    FirstFailure(Consumer<Throwable> log) {
        this.log = log;
    }

    /** Notes a failure. */
    @SuppressWarnings("CatchingUnchecked") // a log that fails, or for which there is no stack, must harm nobody
    public void note(Throwable failure) {
        if (written.get() || !written.compareAndSet(false, true)) {
            return;
        }
        try {
            log.accept(failure);
        } catch (Throwable e) {
            // The next one may be told.
            written.set(false);
        }
    }

    /** Calls a listener, and notes what it throws; an {@link Error} passes. */
    @SuppressWarnings("CatchingUnchecked") // whatever a listener throws, also sneakily
    public void caught(Runnable call) {
        try {
            call.run();
        } catch (Exception e) {
            note(e);
        }
    }

    /** Calls a listener that may change nothing, and notes all that it throws, an {@link Error} included. */
    @SuppressWarnings("CatchingUnchecked") // whatever a listener throws, also sneakily
    public void contained(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            note(e);
        }
    }
}
