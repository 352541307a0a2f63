package dev.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lease is one of the places that a key has at once ({@link Policy#maxConcurrent(int)}), held until it is closed. A
 * refused lease is the answer that no place was free.
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
 * place back when that time is over. The lease does not notice: {@link #allowed()} still returns true. Closing it then
 * does nothing, and never frees a place that another lease holds by then.
 *
 * <p><b>Thread-safety.</b> Any thread may call any method, not only the thread that got the lease.
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

    /** Null after it ran, so that a closed lease that the caller keeps holds no reference to the limiter. */
    private volatile @Nullable Runnable giveBack;

    private Lease(Decision decision, @Nullable Runnable giveBack) {
        this.decision = decision;
        this.giveBack = giveBack;
    }

    /**
     * Returns a granted lease.
     *
     * @param decision the decision, which allows
     * @param giveBack gives the place back; the thread that closes the lease runs it once, and again only if it threw
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
     * Returns a refused lease.
     *
     * @param decision the decision, which refuses
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
     * Returns the limiter's decision.
     *
     * @return the decision that granted the lease, or refused it with the reason
     */
    public Decision decision() {
        return decision;
    }

    /**
     * Gives the place back once. Does nothing if the lease was refused, or if the limiter has taken the place back.
     * Throws only a {@link StackOverflowError}, if the caller is deeper in the stack than where it got the lease. Then
     * the place is not given back yet, and a further call gives it back.
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
