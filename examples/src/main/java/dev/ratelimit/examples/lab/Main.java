package dev.ratelimit.examples.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;

/** The command line of the gateway; {@code examples/run} starts it. */
public final class Main {

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Main() {}

    /**
     * Runs what the arguments ask for, and ends the process with its status.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** Runs what the arguments ask for, and returns the exit status, which {@code --help} explains. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            return run(Options.parse(arguments, Path.of(System.getProperty("gateway.target", "target"))), out);
        } catch (UsageException e) {
            err.println("gateway: " + e.getMessage());
            return WRONG_USAGE;
        } catch (BindException e) {
            err.println("gateway: the port is taken; choose another with --port");
            return WRONG_USAGE;
        } catch (IOException e) {
            err.println("gateway: " + e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int run(Command command, PrintStream out) throws IOException, InterruptedException, UsageException {
        if (command instanceof Command.Demonstrate demonstrate) {
            return new Demonstration(demonstrate, out).run();
        } else if (command instanceof Command.ReplayLog replay) {
            return new ReplayReport(replay, out).run();
        } else if (command instanceof Command.StayUp stayUp) {
            return new Serving(stayUp, out).run();
        }
        out.print(Options.USAGE);
        return 0;
    }
}
