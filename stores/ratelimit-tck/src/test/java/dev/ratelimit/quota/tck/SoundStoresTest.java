package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.tck.internal.Trial;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stores that obey the rules pass, whatever they can do, and all that can be tested is. */
class SoundStoresTest {

    static Stream<Capabilities> capabilities() {
        return Stream.of(
                new Capabilities(true, AtomicGroups.ALL, 500, true),
                new Capabilities(true, AtomicGroups.OF_ONE_SUBJECT, 10),
                new Capabilities(false, AtomicGroups.NONE, 1));
    }

    @ParameterizedTest
    @MethodSource("capabilities")
    void passes(Capabilities capabilities) {
        Trial trial = ContractOnTrial.trial(backend -> new PlainStore(backend, capabilities), true);
        assertThat(trial.failures()).isEmpty();
        if (capabilities.remembersOperations() && capabilities.atomicGroups() == AtomicGroups.ALL) {
            assertThat(trial.skipped()).as("what cannot apply").containsExactly("S10.3", "S5.3", "S8.4");
        }
    }

    /** What is not offered is skipped, and neither passed nor failed. */
    @Test
    void whatIsMissingIsSkipped() {
        Trial trial = ContractOnTrial.trial(PlainStore::new, false);
        assertThat(trial.failures()).isEmpty();
        assertThat(trial.skipped()).contains("S7.1", "S7.4");
        assertThat(trial.passed()).doesNotContain("S7.1", "S7.4");
    }
}
