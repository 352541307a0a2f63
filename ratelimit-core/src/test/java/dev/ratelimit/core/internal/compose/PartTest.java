package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A part takes its permits, asks the parts after it, and gives its permits back unless they allow. */
class PartTest {

    private static final Rate RATE = Rate.perSecond(10);

    private final List<String> log = new ArrayList<>();
    private final LoggedLimit own = new LoggedLimit("own", log);
    private final LoggedLimit next = new LoggedLimit("next", log);
    private final AllOf<String> all = AllOf.of(List.of(next));

    /** The part of a limit that is on a side for all keys, and notes what it hears. */
    private Part<String, String> part(Binding.Side side) {
        return new Part<>(
                own,
                new Binding<String>() {
                    @Override
                    public Side side(String key) {
                        return side;
                    }

                    @Override
                    public void decided(Side side, boolean within) {
                        log.add((within ? "within " : "beyond ") + side);
                    }
                },
                request -> request.toLowerCase(Locale.ROOT));
    }

    private boolean take(Binding.Side side) {
        return part(side).tryTake("KEY", 2, all, 0, null);
    }

    @Test
    void whatAllAllowIsKept() {
        assertThat(take(Binding.Side.ENFORCED)).isTrue();
        assertThat(log).containsExactly("own.take key 2", "within ENFORCED", "next.take KEY 2");
    }

    @Test
    void whatALaterPartRefusesIsGivenBack() {
        next.allows = false;
        assertThat(take(Binding.Side.ENFORCED)).isFalse();
        assertThat(log).containsExactly("own.take key 2", "within ENFORCED", "next.take KEY 2", "own.refund key 2");
    }

    @Test
    void whatALaterPartThrowsGivesThePermitsBack() {
        UnaryOperator<String> failing = request -> {
            throw new IllegalStateException("no key");
        };
        AllOf<String> broken = all.by(failing);
        Part<String, String> part = part(Binding.Side.ENFORCED);
        assertThatThrownBy(() -> part.tryTake("KEY", 2, broken, 0, null)).hasMessage("no key");
        assertThatThrownBy(() -> part.decide("KEY", 3, broken, 0, null, new ArrayList<>()))
                .hasMessage("no key");
        assertThat(log).contains("own.refund key 2", "own.refund key 3");
    }

    @Test
    void anEnforcedRefusalAsksNoOtherPart() {
        own.allows = false;
        assertThat(take(Binding.Side.ENFORCED)).isFalse();
        assertThat(log).containsExactly("own.take key 2", "beyond ENFORCED");
    }

    @Test
    void anObservedRefusalTookNothingAndGivesNothingBack() {
        own.allows = false;
        next.allows = false;
        assertThat(take(Binding.Side.OBSERVED)).isFalse();
        assertThat(log).containsExactly("own.take key 2", "beyond OBSERVED", "next.take KEY 2");
    }

    @Test
    void aPartThatIsOffIsNotAsked() {
        Part<String, String> off = part(Binding.Side.OFF);
        List<Decision> told = new ArrayList<>();
        assertThat(off.tryTake("KEY", 2, all, 0, null)).isTrue();
        assertThat(off.decide("KEY", 2, all, 0, null, told).policy()).isEqualTo("next");
        off.refund("KEY", 2);
        assertThat(off.charge("KEY", 2)).isEqualTo(2);
        assertThat(log).containsExactly("next.take KEY 2", "next.take KEY 2");
        assertThat(told).extracting(Decision::policy).containsExactly("next");
    }

    @Test
    void aRefusalTellsWhatTheOtherPartsWouldSayWithoutTaking() {
        own.allows = false;
        List<Decision> told = new ArrayList<>();
        Decision decision = part(Binding.Side.ENFORCED).decide("KEY", 2, all, 0, null, told);
        assertThat(decision.policy()).isEqualTo("own");
        assertThat(told).extracting(Decision::policy).containsExactly("own", "next");
        assertThat(log).containsExactly("own.take key 2", "beyond ENFORCED", "next.peek KEY 2");
    }

    @Test
    void refundsAndChargesAreForThisPartOnly() {
        Part<String, String> part = part(Binding.Side.OBSERVED);
        part.refund("KEY", 4);
        assertThat(part.charge("KEY", 7)).isEqualTo(6);
        assertThat(log).containsExactly("own.refund key 4", "own.charge key 7");
    }

    @Test
    void aRequestWithoutAKeyIsAnError() {
        Part<String, String> part = part(Binding.Side.OFF).by(request -> none());
        assertThatThrownBy(() -> part.charge("KEY", 1)).hasMessage("the key function returned null");
    }

    @SuppressWarnings("NullAway") // what a caller's function must not return
    private static String none() {
        return null;
    }

    @Test
    void theStricterOfTwoDecisionsStandsForBoth() {
        Decision many = Decision.allowed(RATE, 5, 0).withPolicy("many");
        Decision few = Decision.allowed(RATE, 3, 0).withPolicy("few");
        Decision brief = refused(100).withPolicy("brief");
        Decision lasting = refused(200).withPolicy("lasting");
        assertThat(Part.stricter(many, few)).isSameAs(few);
        assertThat(Part.stricter(few, many)).isSameAs(few);
        assertThat(Part.stricter(few, brief)).isSameAs(brief);
        assertThat(Part.stricter(brief, few)).isSameAs(brief);
        assertThat(Part.stricter(brief, lasting)).isSameAs(lasting);
        assertThat(Part.stricter(lasting, brief)).isSameAs(lasting);
        assertThat(Part.stricter(few, Decision.allowed(RATE, 3, 0)))
                .as("the first of equals")
                .isSameAs(few);
    }

    private static Decision refused(long nanos) {
        return Decision.refused(Decision.Reason.OVER_LIMIT, RATE, 0, nanos, nanos);
    }
}
