/**
 * Tests of cases that users or attacks have found, each named after its case. A case that needs package-private access
 * stands beside the class that it is about.
 */
@NullMarked
package dev.ratelimit.core.issues;

import org.jspecify.annotations.NullMarked;
