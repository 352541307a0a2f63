package dev.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lease is one of the places that a key has at once ({@link Policy#maxConcurrent(int)}), held until it is closed; or the
 * answer that there was none.
 *
 * <pre>{@code
 * try (Lease lease = limiter.tryEnter(key)) {
 *     if (!lease.allowed()) return tooManyRequests(lease.decision());
 *     return answer();
 * }
 * }</pre>
 *
 * <p><b>Closing.</b> {@link #close()} gives the place back. The first call counts; further ones do nothing. Closing a
 * lease that was not granted does nothing.
 *
 * <p><b>Lease timeout.</b> If the policy has a {@linkplain Policy#leaseTimeout() lease timeout}, the limiter takes the
 * place back when that time is over. The lease does not notice: it still says that it was granted. Closing it then
 * does nothing, and never frees a place that somebody else has by then.
 *
 * <p><b>Thread-safety.</b> All methods may be called by any thread, also by another one than the lease was granted to.
 */
public final class Lease implements AutoCloseable {

    private static final VarHandle GIVE_BACK;

    static {
        try {
            GIVE_BACK = MethodHandles.lookup().findVarHandle(Lease.class, "giveBack", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Decision decision;

    /** Null once it has been run: a closed lease that is kept around keeps nothing of the limiter. */
    private volatile @Nullable Runnable giveBack;

    private Lease(Decision decision, @Nullable Runnable giveBack) {
        this.decision = decision;
        this.giveBack = giveBack;
    }

    /**
     * Returns a lease that was granted.
     *
     * @param decision the answer, which allows
     * @param giveBack gives the place back; run by the thread that closes the lease, once, and again only if it threw
     * @return the lease
     * @throws IllegalArgumentException if the decision refuses
     */
    public static Lease allowed(Decision decision, Runnable giveBack) {
        if (!Objects.requireNonNull(decision, "decision").allowed()) {
            throw new IllegalArgumentException("a lease is granted by a decision that allows, not by: " + decision);
        }
        return new Lease(decision, Objects.requireNonNull(giveBack, "giveBack"));
    }

    /**
     * Returns the lease that was not granted.
     *
     * @param decision the answer, which refuses
     * @return the lease, with nothing to give back
     * @throws IllegalArgumentException if the decision allows
     */
    public static Lease refused(Decision decision) {
        if (Objects.requireNonNull(decision, "decision").allowed()) {
            throw new IllegalArgumentException("a lease is refused by a decision that refuses, not by: " + decision);
        }
        return new Lease(decision, null);
    }

    /**
     * Returns whether the request may go on.
     *
     * @return whether the lease was granted, also after it was closed or taken back
     */
    public boolean allowed() {
        return decision.allowed();
    }

    /**
     * Returns the limiter's answer.
     *
     * @return the decision that granted the lease, or that refused it and says why
     */
    public Decision decision() {
        return decision;
    }

    /**
     * Gives the place back, once; does nothing if there is none, or if the limiter has taken it back. Throws nothing but a
     * {@link StackOverflowError}, from deeper in the stack than the lease was granted at; then the place is not given back
     * yet, and a further call gives it back.
     */
    @Override
    public void close() {
        Runnable open = giveBack;
        if (open != null && GIVE_BACK.compareAndSet(this, open, null)) {
            boolean isGivenBack = false;
            try {
                open.run();
                isGivenBack = true;
            } finally {
                if (!isGivenBack) {
                    giveBack = open;
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Lease[" + decision + "]";
    }
}
