package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;

/**
 * A policy of which this node enforces its part.
 *
 * <p>As long as the number of nodes is the same, the part is the same object, so {@code ==} tells whether it has
 * changed. It never goes back: a thread that was paused between reading the number and dividing, while the number
 * changed, gets the part after the change.
 */
public final class DividedPolicy {

    /** A part, and the number of the change that it belongs to. */
    private record Part(long change, Policy policy) {}

    private final Policy whole;
    private final LiveNodes nodes;
    private volatile Part part;

    /**
     * Creates a policy that is shared among nodes.
     *
     * @param whole the policy of all nodes together
     * @param nodes the number of nodes
     */
    public DividedPolicy(Policy whole, LiveNodes nodes) {
        this.whole = whole;
        this.nodes = nodes;
        // Not a part yet: the first count is later than this.
        this.part = new Part(-1, whole);
    }

    /**
     * Returns the policy of all nodes together.
     *
     * @return the policy as configured
     */
    public Policy whole() {
        return whole;
    }

    /**
     * Returns the part of this node. Once per interval, this call waits for the membership.
     *
     * @return the part; the same object as before unless the number of nodes has changed
     */
    public Policy current() {
        return current(nodes.now());
    }

    /**
     * Returns the part of this node, for a caller that has read the time.
     *
     * @param now the time's reading
     * @return the part; the same object as before unless the number of nodes has changed
     */
    public Policy current(long now) {
        return at(nodes.at(now));
    }

    /** Returns the part at a count, or at a later one. */
    Policy at(LiveNodes.Count count) {
        Part last = part;
        return last.change() >= count.change() ? last.policy() : divided(count);
    }

    /** One thread divides at a time, so that all get the same object. */
    private synchronized Policy divided(LiveNodes.Count count) {
        if (part.change() < count.change()) {
            part = new Part(count.change(), whole.dividedBy(count.nodes()));
        }
        return part.policy();
    }
}
