package dev.ratelimit.core.internal;

/**
 * The number of scenarios that Lincheck draws for a check: a few in each build, ten times as many in the profile
 * {@code lincheck-long}.
 */
public final class Scenarios {

    /** For a deliberately broken class: Lincheck ends at the first scenario that shows the fault. */
    public static final int UNTIL_FOUND = 50;

    private static final int TIMES = Integer.getInteger("lincheck.times", 1);

    private Scenarios() {}

    /** Returns the number of scenarios for a check that needs a few in each build. */
    public static int few(int scenarios) {
        return scenarios * TIMES;
    }
}
