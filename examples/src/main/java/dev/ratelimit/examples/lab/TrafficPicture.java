package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.Tally;
import dev.ratelimit.examples.gateway.Tier;
import dev.ratelimit.examples.gateway.TieredAdmission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The picture of a run: offered against allowed traffic over time, a panel for each tier, below one that shapes its
 * delays, one for the node, and one for what the cache spares
 * the backend. */
final class TrafficPicture {

    private static final int WIDTH = 930;
    private static final int HEAD = 58;
    private static final int FOOT = 10;
    private static final int FEW = 100;
    private static final List<String> SOURCE_COLOURS = List.of("#3987e5", "#c98500", "#199e70");
    private static final List<String> TIER_COLOURS = List.of("#7f6fe0", "#d0a215", "#5f9e3f", "#b5651d", "#3a9ab2");

    private static final List<String> BACKEND_COLOURS = List.of("#4f7fb5", "#6fb08a");
    private static final String DELAY_COLOUR = "#b0569a";
    private static final String OFFERED = "offered";
    private static final String ALLOWED = "allowed: ";

    private final Measurements measured;
    private final Scale scale;
    private final long seed;

    TrafficPicture(Measurements measured, Scale scale, long seed) {
        this.measured = measured;
        this.scale = scale;
        this.seed = seed;
    }

    /** Returns the picture as an SVG document. */
    String document() {
        List<Panel> panels = new ArrayList<>();
        for (Tier tier : Tier.values()) {
            panels.add(ofTier(tier));
            if (!tier.policy(scale).maxDelay().isZero()) {
                panels.add(ofDelays(tier));
            }
        }
        panels.add(ofNode());
        panels.add(ofBackend());
        String atScale = scale.equals(Scale.FULL) ? "" : ", load and limits at " + scale.percent() + " %";
        String title = "Traffic through the gateway, requests per second (seed " + seed + atScale + ")";
        Svg svg = new Svg(WIDTH, HEAD + panels.size() * Panel.HEIGHT + FOOT, title);
        svg.text(14, 24, "start", 17, Panel.INK + " font-weight=\"bold\"", title);
        svg.text(14, 43, "start", 11, Panel.INK, subtitle());
        for (int i = 0; i < panels.size(); i++) {
            panels.get(i).draw(svg, HEAD + i * Panel.HEIGHT, measured.schedule().length());
        }
        return svg.document();
    }

    private String subtitle() {
        String text = String.format(
                Locale.ROOT,
                "Time since the start of the run, in steps of %d ms; the colours are what was allowed, upon each"
                        + " other. Bursts: %d ms' worth of the rate.",
                measured.bin().toMillis(),
                Tier.BURST_WINDOW.toMillis());
        long later = measured.allowedAfterTheEnd();
        // A few are always under way when the run ends.
        return later * FEW < measured.tally().answered()
                ? text
                : text + String.format(Locale.ROOT, " After the end, and not shown: %,d.", later);
    }

    private Panel ofTier(Tier tier) {
        List<Double> offered = nothing();
        List<Panel.Band> bands = new ArrayList<>();
        List<Source> sources = measured.schedule().sources();
        for (int i = 0; i < sources.size(); i++) {
            if (sources.get(i).tier() == tier) {
                offered = Panel.sum(offered, measured.offeredPerSecond(i));
                bands.add(new Panel.Band(
                        ALLOWED + sources.get(i).name(),
                        measured.allowedPerSecond(i),
                        SOURCE_COLOURS.get(bands.size())));
            }
        }
        int clients = tier == Tier.OTHERS ? Source.KEY_FLOOD_ADDRESSES : 1;
        String limit = String.format(Locale.ROOT, "limit: %,d/s", tier.perSecond(scale))
                + (clients == 1 ? " a client" : " × " + clients + " addresses");
        String title = String.format(
                Locale.ROOT,
                "%s: %,d/s for each client; over it, %s%s",
                tier.label(),
                tier.perSecond(scale),
                over(tier),
                quotas(tier));
        return new Panel(
                title,
                offered,
                OFFERED,
                bands,
                (double) tier.perSecond(scale) * clients,
                limit,
                measured.schedule().sources().stream()
                        .filter(source -> source.tier() == tier)
                        .flatMap(source -> source.note().stream())
                        .toList());
    }

    private String over(Tier tier) {
        Duration delay = tier.policy(scale).maxDelay();
        return delay.isZero()
                ? tier.policy(scale)
                        .blackout()
                        .map(time -> "refused, and shut out for " + DurationText.of(time))
                        .orElse("refused")
                : "waits up to " + DurationText.of(delay);
    }

    private String quotas(Tier tier) {
        return tier.quotas(scale).stream()
                .map(quota -> String.format(Locale.ROOT, "; %,d %s", quota.limit(), quota.name()))
                .collect(Collectors.joining());
    }

    private Panel ofDelays(Tier tier) {
        Waits waits = measured.waits(tier);
        Duration longest = tier.policy(scale).maxDelay();
        return new Panel(
                tier.label() + ": delay of the requests that waited their turn, ms",
                waits.maxMillis(),
                "the longest",
                List.of(new Panel.Band("the mean", waits.meanMillis(), DELAY_COLOUR)),
                longest.toMillis(),
                "the longest that is allowed: " + longest.toMillis() + " ms",
                List.of(Source.Note.ofAll("shaping: the crests of the waves are spread over time")));
    }

    private Panel ofNode() {
        long node = TieredAdmission.node(scale).permits();
        List<Double> offered = nothing();
        List<Panel.Band> bands = new ArrayList<>();
        for (Tier tier : Tier.values()) {
            List<Double> allowed = nothing();
            for (int i = 0; i < measured.schedule().sources().size(); i++) {
                if (measured.schedule().sources().get(i).tier() == tier) {
                    offered = Panel.sum(offered, measured.offeredPerSecond(i));
                    allowed = Panel.sum(allowed, measured.allowedPerSecond(i));
                }
            }
            bands.add(new Panel.Band(ALLOWED + tier.label(), allowed, TIER_COLOURS.get(bands.size())));
        }
        return new Panel(
                String.format(Locale.ROOT, "the node: %,d/s for all clients together", node),
                offered,
                OFFERED,
                bands,
                node,
                String.format(Locale.ROOT, "limit: %,d/s in all", node),
                List.of(
                        new Source.Note("peak and amok client", 0.2, 0.5),
                        new Source.Note("floods, down to the limit", 0.6, 0.85)));
    }

    private Panel ofBackend() {
        List<Double> allowed = nothing();
        for (int i = 0; i < measured.schedule().sources().size(); i++) {
            allowed = Panel.sum(allowed, measured.allowedPerSecond(i));
        }
        List<Double> spared = measured.fromCachePerSecond();
        List<Double> asked =
                Panel.sum(allowed, spared.stream().map(value -> -value).toList());
        Tally tally = measured.tally();
        String title = String.format(
                Locale.ROOT,
                "the backend: spared %,d of %,d by the cache (hit rate %.1f %%)",
                tally.of(Outcome.FROM_CACHE),
                tally.answered(),
                100.0 * tally.of(Outcome.FROM_CACHE) / Math.max(1, tally.answered()));
        return new Panel(
                title,
                allowed,
                "allowed",
                List.of(
                        new Panel.Band("asked of the backend", asked, BACKEND_COLOURS.get(0)),
                        new Panel.Band("answered from the cache", spared, BACKEND_COLOURS.get(1))),
                Double.NaN,
                "",
                List.of(Source.Note.ofAll("the cache spares the backend the green part")));
    }

    private static List<Double> nothing() {
        return Collections.nCopies(Measurements.BINS, 0.0);
    }
}
