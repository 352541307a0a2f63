package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.examples.CompositeKeys.Operation;
import dev.ratelimit.examples.OwnKeyType.User;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The small examples do what they say. */
class SmallExamplesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void quickStartAdmitsTheBurstAndRefusesSoonAfter() {
        QuickStart service = new QuickStart();
        for (int i = 0; i < 5_000; i++) {
            assertThat(service.handle("ada")).isEqualTo(200);
        }
        // On the system's time, some permits come back meanwhile; far from another 5,000.
        int refused = 0;
        for (int i = 0; i < 5_000 && refused == 0; i++) {
            refused += service.handle("ada") == 429 ? 1 : 0;
        }
        assertThat(refused).isEqualTo(1);
        assertThat(service.handle("grace")).isEqualTo(200);
    }

    @Test
    void eachOperationOfEachUserOfEachTenantHasItsOwnBudget() {
        CompositeKeys limits = new CompositeKeys(time);
        for (int i = 0; i < 10; i++) {
            assertThat(limits.allows("acme", "ada", Operation.SEARCH)).isTrue();
        }
        assertThat(limits.allows("acme", "ada", Operation.SEARCH)).isFalse();
        assertThat(limits.allows("acme", "ada", Operation.EXPORT)).isTrue();
        assertThat(limits.allows("acme", "grace", Operation.SEARCH)).isTrue();
        assertThat(limits.allows("acmea", "da", Operation.SEARCH)).isTrue();
        time.advance(Duration.ofSeconds(6));
        assertThat(limits.allows("acme", "ada", Operation.SEARCH)).isTrue();
        assertThat(limits.allows("acme", "ada", Operation.SEARCH)).isFalse();
    }

    @Test
    void userIsKnownByTheIdWhateverTheName() {
        OwnKeyType limits = new OwnKeyType(time);
        UUID id = UUID.fromString("00000000-0000-0000-0000-000000000001");
        assertThat(limits.allows(new User(id, "Ada"))).isTrue();
        assertThat(limits.allows(new User(id, "Ada King"))).isTrue();
        assertThat(limits.allows(new User(id, "Ada Lovelace"))).isTrue();
        assertThat(limits.allows(new User(id, "A. Lovelace"))).isFalse();
        assertThat(limits.allows(new User(UUID.fromString("00000000-0000-0000-0000-000000000002"), "Ada")))
                .isTrue();
    }
}
