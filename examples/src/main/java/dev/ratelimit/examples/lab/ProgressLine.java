package dev.ratelimit.examples.lab;

import java.io.PrintStream;

/**
 * One line that says how far a run is, written over again and again; on anything but a terminal, nothing.
 *
 * <p>Whether the output is a terminal is what the launch script says: from JDK 22 on, {@code System.console()} is
 * there for files and pipes too.
 */
final class ProgressLine {

    private static final int WIDTH = 79;

    private final PrintStream out;
    private final boolean terminal;

    ProgressLine(PrintStream out) {
        this(out, Boolean.getBoolean("gateway.terminal"));
    }

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(String text) {
        if (terminal) {
            String line = text.length() > WIDTH ? text.substring(0, WIDTH) : text;
            out.print("\r" + line + " ".repeat(WIDTH - line.length()));
            out.flush();
        }
    }

    /** Takes the line away, so that what is printed next stands in its place. */
    void clear() {
        if (terminal) {
            out.print("\r" + " ".repeat(WIDTH) + "\r");
            out.flush();
        }
    }
}
