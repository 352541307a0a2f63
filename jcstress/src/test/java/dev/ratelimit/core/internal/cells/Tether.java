package dev.ratelimit.core.internal.cells;

import java.io.IOException;
import org.openjdk.jcstress.Main;

/** The main class of a process that runs jcstress for another one, and that ends, with all it has started, if that ends. */
final class Tether {

    private Tether() {}

    /** Runs jcstress with these arguments; standard input is what ends when the parent does. */
    public static void main(String[] arguments) throws Exception {
        Thread watch = new Thread(Tether::endWithParent, "tether");
        watch.setDaemon(true);
        watch.start();
        Main.main(arguments);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes here.
            }
        } catch (IOException e) {
            // As good as an end.
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(2);
    }
}
