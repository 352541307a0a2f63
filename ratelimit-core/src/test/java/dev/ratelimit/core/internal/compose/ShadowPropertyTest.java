package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.core.Limiters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

/** The sides of keys: stable, nested as the percentage grows, as many as it says, and nobody's to foresee. */
class ShadowPropertyTest {

    private static final int KEYS = 20_000;

    private final Limiter<Integer> limiter = Limiters.perKey(Rate.perSecond(1));
    private final ShadowLimit<Integer> shadow = Limiters.shadow(limiter);

    @Property(tries = 200)
    void aLargerPercentageOnlyAddsKeys(@ForAll @Size(min = 2, max = 6) List<@DoubleRange(max = 100) Double> percents) {
        List<Double> growing = percents.stream().sorted().toList();
        List<Integer> before = List.of();
        for (double percent : growing) {
            List<Integer> enforced = enforced(shadow, percent);
            assertThat(enforced).containsAll(before);
            assertThat(enforced(shadow, percent)).as("again").isEqualTo(enforced);
            before = enforced;
        }
    }

    /**
     * Keys that follow each other, each time under another secret. The odds that one of these fails by chance are below one in
     * ten thousand: five standard deviations. Without scattering, one in three hundred was further off, up to thirty.
     */
    @Property(tries = 200)
    void asManyKeysAsThePercentageSays(@ForAll @DoubleRange(max = 100) double percent) {
        double share = percent / 100;
        double deviation = Math.sqrt(KEYS * share * (1 - share));
        assertThat((double) enforced(Limiters.shadow(limiter), percent, KEYS).size())
                .isBetween(KEYS * share - 5 * deviation - 1, KEYS * share + 5 * deviation + 1);
    }

    @Example
    void noneAndAll() {
        assertThat(enforced(shadow, 0)).isEmpty();
        assertThat(enforced(shadow, -0.0)).isEmpty();
        assertThat(enforced(shadow, 100)).hasSize(1_000);
        assertThat(Shadow.place(0)).isZero();
        assertThat(Shadow.place(-1)).isLessThan(100).isGreaterThan(99.999);
    }

    @Example
    void sidesFollowFromTheSecret() {
        List<Integer> enforced = enforced(Limiters.shadow(limiter, Function.identity(), "secret"), 30);
        assertThat(enforced(Limiters.shadow(Limiters.perKey(Rate.perDay(5)), Function.identity(), "secret"), 30))
                .isEqualTo(enforced);
        for (ShadowLimit<Integer> other : List.of(
                Limiters.shadow(limiter, Function.identity(), "Secret"),
                Limiters.shadow(limiter, Function.identity(), "secret\0"),
                Limiters.shadow(limiter),
                Limiters.shadow(limiter))) {
            List<Integer> both = new ArrayList<>(enforced(other, 30));
            both.retainAll(enforced);
            assertThat(both.size()).as("of 1,000 keys, 9 % by chance").isBetween(40, 140);
        }
    }

    /** If this fails, keys change sides while nodes of two versions run: it belongs into the change log. */
    @Example
    void sidesOfASecretStay() {
        ShadowLimit<String> ofText = Limiters.shadow(Limiters.perKey(Rate.perSecond(1)), Function.identity(), "secret");
        ofText.enforce(20);
        assertThat(IntStream.range(0, 30)
                        .mapToObj(i -> "user-" + i)
                        .filter(ofText::enforces)
                        .toList())
                .containsExactly("user-1", "user-9", "user-18");
    }

    private static List<Integer> enforced(ShadowLimit<Integer> shadow, double percent) {
        return enforced(shadow, percent, 1_000);
    }

    private static List<Integer> enforced(ShadowLimit<Integer> shadow, double percent, int keys) {
        shadow.enforce(percent);
        return IntStream.range(0, keys).boxed().filter(shadow::enforces).toList();
    }
}
