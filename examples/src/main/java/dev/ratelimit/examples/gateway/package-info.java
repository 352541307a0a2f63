/**
 * A gateway: real HTTP, three tiers of clients, one node to protect, and the traffic that puts it to the test.
 *
 * <p>{@link dev.ratelimit.examples.gateway.Gateway} and what it asks ({@code Admission}, {@code ApiKeys},
 * {@code Forwarder}) are the example proper. {@code Demo} drives it with a seeded mix of traffic, {@code Replay} with
 * an access log, {@code Serve} leaves that to you.
 */
@NullMarked
package dev.ratelimit.examples.gateway;

import org.jspecify.annotations.NullMarked;
