package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import dev.ratelimit.examples.gateway.Caching;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines are understood, or refused with a sentence that says what to do. */
class OptionsTest {

    @Test
    void nothingAsksForTheDemonstration() throws UsageException {
        assertThat(parse(""))
                .isEqualTo(new Command.Demonstrate(0, 42, Duration.ofSeconds(15), Path.of("target", "gateway.svg")));
    }

    @Test
    void demonstrationWithEverything() throws UsageException {
        assertThat(parse("--seed 7 --seconds 3 --svg a/b.svg --port 8080"))
                .isEqualTo(new Command.Demonstrate(8080, 7, Duration.ofSeconds(3), Path.of("a/b.svg")));
    }

    @Test
    void serve() throws UsageException {
        assertThat(parse("--serve"))
                .isEqualTo(new Command.StayUp(0, false, Path.of("target", "quotas"), Caching.HITS_ARE_FREE));
        assertThat(parse("--port 1 --serve --trust-forwarded --quotas a/b --hits-consume-quota"))
                .isEqualTo(new Command.StayUp(1, true, Path.of("a/b"), Caching.HITS_CONSUME_QUOTA));
    }

    @Test
    void replay() throws UsageException {
        Rate byDefault = Rate.perMinute(30).burst(20);
        assertThat(parse("--log x")).isEqualTo(new Command.ReplayLog(0, Path.of("x"), byDefault, null));
        assertThat(parse("--log x --speed-up 2.5 --burst 7"))
                .isEqualTo(new Command.ReplayLog(0, Path.of("x"), byDefault.burst(7), 2.5));
    }

    @ParameterizedTest
    @CsvSource({"10/s, PT1S, 10", "30/min, PT1M, 30", "1000/h, PT1H, 1000", "5000/day, PT24H, 5000"})
    void rates(String text, Duration period, long permits) throws UsageException {
        assertThat(parse("--log x --rate " + text))
                .isEqualTo(new Command.ReplayLog(0, Path.of("x"), Rate.of(permits, period), null));
    }

    @Test
    void helpGoesBeforeEverythingElse() throws UsageException {
        assertThat(parse("--serve --help")).isEqualTo(new Command.Help());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "file.log",
                "-h x",
                "--seed",
                "--seed --port 1",
                "--seed x",
                "--seed 1.5",
                "--seed 99999999999999999999",
                "--seed 1 --seed 2",
                "--seconds 0",
                "--seconds -1",
                "--seconds 3601",
                "--seconds ten",
                "--port 0",
                "--port 65536",
                "--port -1",
                "--port http",
                "--log",
                "--log x --speed-up 0",
                "--log x --speed-up -3",
                "--log x --speed-up fast",
                "--log x --speed-up NaN",
                "--log x --speed-up Infinity",
                "--log x --burst 0",
                "--log x --rate 30",
                "--log x --rate 0/s",
                "--log x --rate -5/min",
                "--log x --rate 5/",
                "--log x --rate /s",
                "--log x --rate 5/fortnight",
                "--log x --rate 2000000000/s",
                "--log x --seed 1",
                "--log x --serve",
                "--serve --seconds 3",
                "--serve --quotas",
                "--quotas x",
                "--log x --quotas y",
                "--trust-forwarded",
                "--hits-consume-quota",
                "--log x --hits-consume-quota",
                "--serve --hits-consume-quota true",
                "--serve --hits-consume-quota --hits-consume-quota",
                "--rate 1/s"
            })
    void refusedInOneLine(String line) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(UsageException.class)
                .message()
                .isNotBlank()
                .doesNotContain("\n");
    }

    @Test
    void emptyValuesAndControlCharactersAreRefusedInOneLine() {
        assertThatThrownBy(() -> Options.parse(List.of("--svg", ""), Path.of("target")))
                .isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> Options.parse(List.of("a\nb\u001b[2J"), Path.of("target")))
                .isInstanceOf(UsageException.class)
                .hasMessage("unknown option 'a?b?[2J'; see --help");
    }

    private static Command parse(String line) throws UsageException {
        return Options.parse(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)), Path.of("target"));
    }
}
