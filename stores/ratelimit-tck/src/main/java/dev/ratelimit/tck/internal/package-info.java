/** What the test kits of all stores share. Not exported. */
@NullMarked
package dev.ratelimit.tck.internal;

import org.jspecify.annotations.NullMarked;
