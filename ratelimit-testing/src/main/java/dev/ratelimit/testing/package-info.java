/** Time sources, clocks and stores that a test controls, so that tests of limits are deterministic and do not sleep. */
@NullMarked
package dev.ratelimit.testing;

import org.jspecify.annotations.NullMarked;
