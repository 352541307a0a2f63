package dev.ratelimit.core.internal.trouble;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logger of only the first failure of something, so that a broken listener is noticed but does not fill a disk.
 *
 * <p>Thread-safe; never throws.
 */
public final class FirstFailure {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit");

    private final Consumer<Throwable> log;
    private final AtomicBoolean written = new AtomicBoolean();

    /**
     * Creates a logger that has seen no failure.
     *
     * @param what the text with which the line in the log begins
     */
    public FirstFailure(String what) {
        this(failure -> LOG.warn("{}; further failures are not logged", what, failure));
    }

    FirstFailure(Consumer<Throwable> log) {
        this.log = log;
    }

    /** Logs a failure if it is the first. */
    @SuppressWarnings("CatchingUnchecked") // a log that fails, or lacks stack, must not harm the caller
    public void note(Throwable failure) {
        if (written.get() || !written.compareAndSet(false, true)) {
            return;
        }
        try {
            log.accept(failure);
        } catch (Throwable e) {
            // The next failure may be logged.
            written.set(false);
        }
    }

    /** Calls a listener, and logs what it throws. An {@link Error} reaches the caller. */
    @SuppressWarnings("CatchingUnchecked") // anything a listener throws, also undeclared checked exceptions
    public void caught(Runnable call) {
        try {
            call.run();
        } catch (Exception e) {
            note(e);
        }
    }

    /** Calls a listener that must not affect the caller, and logs all that it throws, also an {@link Error}. */
    @SuppressWarnings("CatchingUnchecked") // anything a listener throws, also undeclared checked exceptions
    public void contained(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            note(e);
        }
    }
}
