/** Small examples, one idea each, as the documentation shows them; every one is run by a test. */
@NullMarked
package dev.ratelimit.examples;

import org.jspecify.annotations.NullMarked;
