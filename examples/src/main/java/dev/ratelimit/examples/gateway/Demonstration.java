package dev.ratelimit.examples.gateway;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The mode without arguments: gateway, backend and seeded traffic in one process; a table and a picture at the end. */
final class Demonstration {

    /** Below what two cores serve beside driving the load: so it is the limit that refuses, and not the machine. */
    static final Rate NODE = Rate.perSecond(2500).burstWindow(Tier.BURST_WINDOW);

    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Command.Demonstrate command;
    private final PrintStream out;

    Demonstration(Command.Demonstrate command, PrintStream out) {
        this.command = command;
        this.out = out;
    }

    int run() throws IOException, InterruptedException, UsageException {
        Path svg = checkedPicture();
        Schedule schedule = Schedule.of(Source.demonstration(), command.length(), command.seed());
        Measurements measured;
        Tally counted;
        Backend.Pages pages;
        RunClock clock = new RunClock();
        try (FreshQuotas quotas = FreshQuotas.open();
                Backend backend = Backend.start();
                ApiKeyTable apiKeys = ApiKeyTable.demonstration();
                MeteredAdmission admission = new MeteredAdmission(
                        new TieredAdmission(apiKeys, NODE, TimeSource.system()), quotas.store(), clock);
                Gateway gateway = Gateway.start(new Gateway.Setup(
                        command.port(), backend.uri(), admission, true, PATIENCE, Caching.HITS_ARE_FREE))) {
            out.printf(
                    Locale.ROOT,
                    "gateway %s, %,d requests in %d s (seed %d), after a warm-up of %d s%n",
                    gateway.url(),
                    schedule.arrivals().size(),
                    command.length().toSeconds(),
                    command.seed(),
                    WARM_UP.toSeconds());
            warmUp(gateway);
            clock.beginMinute();
            Tally before = gateway.counts().tally();
            Backend.Pages pagesBefore = backend.pages();
            measured = drive(gateway, schedule, before);
            counted = gateway.counts().tally().since(before);
            pages = backend.pages().since(pagesBefore);
        }
        TrafficTable.print(measured, out);
        printSpared(measured.tally());
        out.printf(
                Locale.ROOT,
                "of %,d questions for pages, %,d were answered by a 304: the backend sent %,d kB of pages, and was spared %,d kB%n",
                pages.whole() + pages.confirmed(),
                pages.confirmed(),
                pages.bytesSent() / 1000,
                pages.bytesSpared() / 1000);
        printLateness(measured);
        Files.writeString(svg, new TrafficPicture(measured, NODE, command.seed()).document());
        out.println("picture: " + svg);
        return reconcile(measured, counted);
    }

    private void printSpared(Tally tally) {
        long spared = tally.of(Outcome.FROM_CACHE);
        out.printf(
                Locale.ROOT,
                "the cache answered %,d of the %,d that were allowed (hit rate %.1f %%): the backend was asked %,d times%n",
                spared,
                tally.answered(),
                100.0 * spared / Math.max(1, tally.answered()),
                tally.of(Outcome.ALLOWED));
    }

    private void printLateness(Measurements measured) {
        long late = measured.late().getValueAtPercentile(99);
        out.printf(
                Locale.ROOT,
                "latency runs from when a request was due; the driver sent 99 %% within %.1f ms of that, all within %.1f ms%n",
                late / 1e6,
                measured.late().getMaxValue() / 1e6);
        if (late > Tier.BURST_WINDOW.toNanos()) {
            out.println(
                    "so late that bursts were longer, and rates lower, than the schedule has them: the machine is too"
                            + " busy for this load");
        }
    }

    /** Lets the compiler see the code before it is timed; the traffic is the same, and nobody looks at it. */
    private void warmUp(Gateway gateway) throws InterruptedException {
        Schedule schedule = Schedule.of(Source.demonstration(), WARM_UP, command.seed() + 1);
        new LoadDriver(gateway.address(), schedule).run(elapsed -> {});
        // Until every blackout is over; budgets are full sooner.
        LockSupport.parkNanos(Tier.BLACKOUT.toNanos());
    }

    private Measurements drive(Gateway gateway, Schedule schedule, Tally before) throws InterruptedException {
        ProgressLine progress = new ProgressLine(out);
        try {
            return new LoadDriver(gateway.address(), schedule).run(elapsed -> {
                Tally now = gateway.counts().tally().since(before);
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

    /** Compares what the driver saw with what the gateway counted: a table that only one of them believes is no table. */
    private int reconcile(Measurements measured, Tally counted) {
        if (counted.equals(measured.tally())) {
            out.println("the gateway's own counts agree with what the driver saw");
            return 0;
        }
        out.println("they differ: the driver saw " + measured.tally() + ", the gateway counted " + counted);
        return 1;
    }
}
