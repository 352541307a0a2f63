/** The state of keys: the arithmetic of rates, and the table that holds the cells. */
@NullMarked
package dev.ratelimit.core.internal.cells;

import org.jspecify.annotations.NullMarked;
