package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterShareTest {

    private static final ClusterShare.Membership MEMBERSHIP = () -> 4;
    private static final ClusterShare SHARE = ClusterShare.of(MEMBERSHIP, 3);

    @Test
    void defaults() {
        assertThat(SHARE.membership()).isSameAs(MEMBERSHIP);
        assertThat(SHARE.initialNodes()).isEqualTo(3);
        assertThat(SHARE.every()).isEqualTo(Duration.ofSeconds(5));
        SHARE.onFailure().accept(new IllegalStateException());
    }

    @Test
    void eachSettingIsKeptAndTheOriginalAsItWas() {
        Consumer<Throwable> listener = failure -> {};
        ClusterShare set = SHARE.every(Duration.ofSeconds(1)).onFailure(listener);
        assertThat(set.membership()).isSameAs(MEMBERSHIP);
        assertThat(set.initialNodes()).isEqualTo(3);
        assertThat(set.every()).isEqualTo(Duration.ofSeconds(1));
        assertThat(set.onFailure()).isSameAs(listener);
        assertThat(SHARE.every()).isEqualTo(Duration.ofSeconds(5));
        assertThat(set).hasToString("ClusterShare[3 nodes initially, read every PT1S]");
    }

    @Test
    void aFixedNumber() throws Exception {
        assertThat(ClusterShare.fixed(5).membership().liveNodes()).isEqualTo(5);
        assertThat(ClusterShare.fixed(5).initialNodes()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void fewerNodesThanOne(int nodes) {
        assertThatThrownBy(() -> ClusterShare.of(MEMBERSHIP, nodes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the initial number of nodes must be at least 1, but was " + nodes);
        assertThatThrownBy(() -> ClusterShare.fixed(nodes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void intervalsOutOfRange() {
        assertThatThrownBy(() -> SHARE.every(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the interval must be at least 1 ns, but was PT0S");
        assertThatThrownBy(() -> SHARE.every(Policy.MAX_DURATION.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the interval must be at most 365 days, but was ");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullsAreNamed() {
        assertThatThrownBy(() -> ClusterShare.of(null, 1))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("membership");
        assertThatThrownBy(() -> SHARE.every(null)).hasMessage("interval");
        assertThatThrownBy(() -> SHARE.onFailure(null)).hasMessage("onFailure");
    }
}
