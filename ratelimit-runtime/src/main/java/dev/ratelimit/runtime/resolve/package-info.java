/** Remembered answers of callers' look-ups, such as the policies of keys and the plans of customers. */
@NullMarked
package dev.ratelimit.runtime.resolve;

import org.jspecify.annotations.NullMarked;
