/**
 * The traffic lab: real load for the gateway, a backend behind it, and pictures of what came of it.
 *
 * <p>{@code Demonstration} drives a seeded mix of traffic, {@code ReplayReport} an access log, and {@code Serving}
 * leaves that to you. {@link dev.ratelimit.examples.lab.Main} is their command line. Nothing here is meant to be
 * copied.
 */
@NullMarked
package dev.ratelimit.examples.lab;

import org.jspecify.annotations.NullMarked;
