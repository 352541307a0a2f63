/**
 * The limiters of other libraries, each set up to do the same job as ours, as far as it can.
 *
 * <p>What each is set to, and what it cannot do, stands in {@link dev.ratelimit.benchmarks.peers.Peer}; the amounts are
 * those of {@link dev.ratelimit.benchmarks.peers.Budget}.
 */
@NullMarked
package dev.ratelimit.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
