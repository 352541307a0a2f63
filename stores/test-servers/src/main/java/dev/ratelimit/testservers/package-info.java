/** Real servers that tests start, kill and cut off, and that never outlive the JVM. */
@NullMarked
package dev.ratelimit.testservers;

import org.jspecify.annotations.NullMarked;
