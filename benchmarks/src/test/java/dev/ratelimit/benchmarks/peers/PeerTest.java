package dev.ratelimit.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each library is set to what the budget says, as far as calls can tell. */
class PeerTest {

    @ParameterizedTest
    @EnumSource
    void aSpentBudgetRefusesAndAnEndlessOneDoesNot(Peer peer) {
        UnkeyedLimiter spent = peer.unkeyed(Budget.SPENT_AT_ONCE);
        assertThat(spent.tryAcquire()).isTrue();
        UnkeyedLimiter endless = peer.unkeyed(Budget.NEVER_SPENT);
        for (int i = 0; i < 1000; i++) {
            assertThat(spent.tryAcquire()).isFalse();
            assertThat(endless.tryAcquire()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachKeyHasABudgetOfItsOwn(Peer peer) {
        KeyedLimiter limiter = peer.keyed(Budget.SPENT_AT_ONCE, 1000);
        assertThat(limiter.tryAcquire("a")).isTrue();
        assertThat(limiter.tryAcquire("a")).isFalse();
        assertThat(limiter.tryAcquire("b")).isTrue();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RESILIENCE4J")
    void boundedOnesDecideAlike(Peer peer) {
        KeyedLimiter limiter = peer.bounded(Budget.ONE_IN_25_SECONDS, 1000);
        assertThat(limiter.tryAcquire("a")).isTrue();
        assertThat(limiter.tryAcquire("a")).isFalse();
    }

    @Test
    void aRegistryThatCannotBeBoundedSaysSo() {
        assertThatThrownBy(() -> Peer.RESILIENCE4J.bounded(Budget.ONE_IN_25_SECONDS, 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registry");
    }

    @Test
    void methodsAreNamedAfterLibraries() {
        assertThat(Peer.of("x.SingleKeyBenchmark.guavaDeny")).isEqualTo(Peer.GUAVA);
        assertThat(Peer.of("x.Y.bucket4jSynchronizedLowLimit")).isEqualTo(Peer.BUCKET4J_SYNCHRONIZED);
        assertThat(Peer.of("x.Y.decide")).isEqualTo(Peer.RATELIMIT);
    }
}
