package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is remembered of a policy does not keep the key that it was resolved for. */
class KeysNotKeptIT {

    @Test
    void noKeyIsKept() {
        ResolvedPolicies<Object> policies =
                new ResolvedPolicies<>(Tiers.<Object>of(key -> Directory.GOLD, Directory.FREE), new ManualTime());
        assertThat(isCollectedAfter(key -> policies.of(key, 1))).isTrue();
        assertThat(policies.size()).isEqualTo(1);
    }

    @Test
    void aTwinThatKeepsItsKeysIsCaught() {
        List<Object> kept = new ArrayList<>();
        assertThat(isCollectedAfter(kept::add)).isFalse();
        assertThat(kept).hasSize(1);
    }

    private static boolean isCollectedAfter(Consumer<Object> use) {
        WeakReference<Object> key = used(use);
        for (int i = 0; i < 10 && !key.refersTo(null); i++) {
            System.gc();
        }
        return key.refersTo(null);
    }

    private static WeakReference<Object> used(Consumer<Object> use) {
        Object key = new Object();
        use.accept(key);
        return new WeakReference<>(key);
    }
}
