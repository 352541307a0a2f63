/** What the contracts of quota stores and rate stores have in common: the deadline of a call, and its failure. */
@NullMarked
package dev.ratelimit.store;

import org.jspecify.annotations.NullMarked;
