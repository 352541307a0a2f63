package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Tier;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that could not keep up says so, however well it looks otherwise. */
class PaceTest {

    private static final String BANNER = "COULD NOT KEEP UP";

    @ParameterizedTest
    @CsvSource({"49, 49, true", "51, 10, false", "10, 51, false"})
    void runIsKeptIfNeitherDriverNorAnswersAreLate(long lateMillis, long latencyMillis, boolean kept) {
        Pace pace = new Pace(lateMillis * 1_000_000, latencyMillis * 1_000_000);
        assertThat(pace.isKept()).isEqualTo(kept);
        assertThat(printed(pace, false).contains(BANNER)).isEqualTo(!kept);
    }

    @Test
    void bannerIsRedOnATerminalAndPlainElsewhere() {
        Pace late = new Pace(1_000_000_000, 0);
        assertThat(printed(late, true)).contains("\u001b[1;37;41m").contains(BANNER);
        assertThat(printed(late, false))
                .doesNotContain("\u001b")
                .contains("***")
                .contains(BANNER);
    }

    @Test
    void whatIsShapedMayTakeItsTimeAndNothingElseMay() {
        assertThat(Pace.of(measured(Tier.SILVER)).isKept()).isTrue();
        assertThat(Pace.of(measured(Tier.GOLD)).isKept()).isFalse();
    }

    private static Measurements measured(Tier tier) {
        Source source = new Source("x", tier, new Shape.Steady(100), serial -> "");
        Measurements measured = new Measurements(Schedule.of(List.of(source), Duration.ofSeconds(10), 1));
        for (Schedule.Arrival arrival : measured.schedule().arrivals()) {
            measured.add(arrival, Outcome.ALLOWED, arrival.nanos(), arrival.nanos() + 200_000_000, 0);
        }
        return measured;
    }

    private static String printed(Pace pace, boolean terminal) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pace.print(new PrintStream(out, true, StandardCharsets.UTF_8), terminal);
        return out.toString(StandardCharsets.UTF_8);
    }
}
