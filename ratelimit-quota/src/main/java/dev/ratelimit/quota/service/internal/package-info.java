/**
 * The parts of a quota service, which convert a key and an amount to operations of a store, and outcomes to decisions.
 */
@NullMarked
package dev.ratelimit.quota.service.internal;

import org.jspecify.annotations.NullMarked;
