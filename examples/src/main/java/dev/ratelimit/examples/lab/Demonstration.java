package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.Tally;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The mode without arguments: gateway, backend and seeded traffic in one process; a table and a picture at the end.
 *
 * <p>The load and all limits have the {@link Scale} that this machine serves with ease: so it is the limits that
 * refuse, and not the machine.
 */
final class Demonstration {

    private static final Duration REHEARSAL = Duration.ofSeconds(2);

    private final Command.Demonstrate command;
    private final PrintStream out;

    Demonstration(Command.Demonstrate command, PrintStream out) {
        this.command = command;
        this.out = out;
    }

    int run() throws IOException, InterruptedException, UsageException {
        Path svg = checkedPicture();
        Measurements measured;
        Tally counted;
        Scale scale;
        Backend.Pages pages;
        try (Backend backend = Backend.start()) {
            scale = calibrate(backend);
            rehearse(backend, scale);
            Backend.Pages before = backend.pages();
            try (Stage stage = Stage.limited(command.port(), backend, scale)) {
                Schedule schedule = Schedule.of(Source.demonstration(), command.length(), command.seed(), scale);
                out.printf(
                        Locale.ROOT,
                        "gateway %s, %,d requests in %d s (seed %d)%n",
                        stage.gateway().url(),
                        schedule.arrivals().size(),
                        command.length().toSeconds(),
                        command.seed());
                measured = drive(stage, schedule);
                counted = stage.gateway().counts().tally();
            }
            pages = backend.pages().since(before);
        }
        report(measured, pages);
        Files.writeString(svg, new TrafficPicture(measured, scale, command.seed()).document());
        out.println("picture: " + svg);
        int status = reconcile(measured, counted);
        Pace pace = Pace.of(measured);
        pace.print(out, Boolean.getBoolean("gateway.terminal"));
        return status == 0 && !pace.isKept() ? Pace.TOO_BUSY : status;
    }

    /** Finds out how much load this machine serves, and says what part of the full load it is going to be offered. */
    private Scale calibrate(Backend backend) throws IOException, InterruptedException {
        double highest = Schedule.highest(Source.demonstration());
        double served;
        ProgressLine progress = new ProgressLine(out);
        try (Stage stage = Stage.unlimited(command.port(), backend)) {
            progress.show("warming up, to see how much load this machine serves");
            served = new WarmUp(stage.gateway().address(), schedule(Scale.FULL)).run();
        } finally {
            progress.clear();
        }
        Scale scale = WarmUp.scaleFor(served, highest);
        out.printf(
                Locale.ROOT,
                "this machine serves %,.0f requests a second of this mix: load and limits are %d %% of the full ones,"
                        + " at most %,.0f a second%n",
                served,
                scale.percent(),
                highest * scale.percent() / 100);
        return scale;
    }

    /** Runs what the warm-up has not: refusals, and requests that wait. Nobody looks at it. */
    private void rehearse(Backend backend, Scale scale) throws IOException, InterruptedException {
        try (Stage stage = Stage.limited(command.port(), backend, scale)) {
            new LoadDriver(stage.gateway().address(), schedule(scale)).run(elapsed -> {});
        }
    }

    private Schedule schedule(Scale scale) {
        return Schedule.of(Source.demonstration(), REHEARSAL, command.seed() + 1, scale);
    }

    private void report(Measurements measured, Backend.Pages pages) {
        TrafficTable.print(measured, out);
        Tally tally = measured.tally();
        long spared = tally.of(Outcome.FROM_CACHE);
        out.printf(
                Locale.ROOT,
                "the cache answered %,d of the %,d that were allowed (hit rate %.1f %%):"
                        + " the backend was asked %,d times%n",
                spared,
                tally.answered(),
                100.0 * spared / Math.max(1, tally.answered()),
                tally.of(Outcome.ALLOWED));
        out.printf(
                Locale.ROOT,
                "of %,d questions for pages, %,d were answered by a 304: the backend sent %,d kB of pages,"
                        + " and was spared %,d kB%n",
                pages.whole() + pages.confirmed(),
                pages.confirmed(),
                pages.bytesSent() / 1000,
                pages.bytesSpared() / 1000);
    }

    private Measurements drive(Stage stage, Schedule schedule) throws InterruptedException {
        ProgressLine progress = new ProgressLine(out);
        try {
            return new LoadDriver(stage.gateway().address(), schedule).run(elapsed -> {
                Tally now = stage.gateway().counts().tally();
                progress.show(String.format(
                        Locale.ROOT,
                        "%5.1f of %d s: %,d allowed, %,d from the cache, %,d refused by tier, %,d by node, %,d errors",
                        elapsed.toMillis() / 1e3,
                        command.length().toSeconds(),
                        now.answered(),
                        now.of(Outcome.FROM_CACHE),
                        now.of(Outcome.REFUSED_BY_TIER),
                        now.of(Outcome.REFUSED_BY_NODE),
                        now.of(Outcome.ERROR)));
            });
        } finally {
            progress.clear();
        }
    }

    /** Finds out before the run, not after it, that the picture cannot be written. */
    private Path checkedPicture() throws UsageException {
        Path svg = command.svg().toAbsolutePath().normalize();
        Path folder = svg.getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UsageException("--svg: no folder can be made for " + Options.shown(svg.toString()));
        }
        if (Files.isDirectory(svg) || (Files.exists(svg) ? !Files.isWritable(svg) : !isWritable(folder))) {
            throw new UsageException("--svg: " + Options.shown(svg.toString()) + " cannot be written");
        }
        return svg;
    }

    private static boolean isWritable(@Nullable Path folder) {
        return folder != null && Files.isWritable(folder);
    }

    /**
     * Compares what the driver saw with what the gateway counted: a table that only one of them believes is no table.
     */
    private int reconcile(Measurements measured, Tally counted) {
        if (counted.equals(measured.tally())) {
            out.println("the gateway's own counts agree with what the driver saw");
            return 0;
        }
        out.println("they differ: the driver saw " + measured.tally() + ", the gateway counted " + counted);
        return 1;
    }
}
