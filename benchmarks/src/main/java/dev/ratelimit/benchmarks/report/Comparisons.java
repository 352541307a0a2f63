package dev.ratelimit.benchmarks.report;

import com.google.gson.Gson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The chapters that compare libraries at a job, as {@code comparisons.json} lists them. */
final class Comparisons {

    private Comparisons() {}

    /** A picture. The table leaves out its subtitle if it shows times, and its command if that is a class alone. */
    record Picture(String picture, String title, String subtitle, String command, List<Group> groups) {

        Picture {
            subtitle = Objects.requireNonNullElse(
                    subtitle, "time of a call; less is better; the dashed line is the floor");
            command = Objects.requireNonNullElse(command, groups.get(0).type());
        }
    }

    static Stream<Chapter> chapters(Run run) {
        return Stream.of(new Gson().fromJson(Names.text("comparisons.json"), Picture[].class))
                .flatMap(picture -> chapter(run, picture).stream());
    }

    private static Optional<Chapter> chapter(Run run, Picture picture) {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        List<String> sampled = new ArrayList<>();
        String any = "";
        for (Group group : picture.groups()) {
            Panel panel = group.panel(run.results());
            if (panel.bars().isEmpty()) {
                continue;
            }
            String one = run.any(group.calls());
            any = any.isEmpty() ? one : any;
            panels.add(panel);
            Verdict.of(panel, "").ifPresent(verdicts::add);
            if (group.floor().equals("floorKey") && panel.hasFloor()) {
                Verdict.of(panel.withoutFloor("The same, minus the time of making the key"), "")
                        .ifPresent(verdicts::add);
            }
            if (group.isSampled()) {
                sampled.add("99.99th percentile: with -bm sample" + run.options(one));
            }
        }
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        List<String> footer = run.footer(any, run.environment().libraries(panels), picture.command());
        footer.addAll(sampled);
        BarChart chart = new BarChart(picture.title(), picture.subtitle(), panels, footer);
        return Optional.of(new Chapter(picture.picture(), chart.svg(), verdicts));
    }
}
