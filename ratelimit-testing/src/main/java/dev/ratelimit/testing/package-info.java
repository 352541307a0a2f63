/** Time and stores under a test's control, so that tests of limits neither sleep nor flicker. */
@NullMarked
package dev.ratelimit.testing;

import org.jspecify.annotations.NullMarked;
