/** Quotas: amounts per calendar window, counted in a store that many processes share. */
@NullMarked
package dev.ratelimit.quota;

import org.jspecify.annotations.NullMarked;
