package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A limit for requests of another type is the same limit. */
class LimitTest {

    private record Request(String user) {}

    private final PermitsLeft permits = new PermitsLeft(10);
    private final Limit<Request> perUser = permits.by(Request::user);

    @Test
    void requestsAreChargedToTheirKey() {
        Request ada = new Request("ada");
        assertThat(perUser.tryAcquire(ada)).isTrue();
        assertThat(perUser.tryAcquire(ada, 2)).isTrue();
        assertThat(perUser.decide(ada).remaining()).isEqualTo(6);
        assertThat(perUser.decide(ada, 3).remaining()).isEqualTo(3);
        assertThat(perUser.peek(ada).allowed()).isTrue();
        assertThat(perUser.peek(ada, 4).allowed()).isFalse();
        perUser.refund(ada, 5);
        assertThat(permits.left("ada")).isEqualTo(8);
        assertThat(permits.left("grace")).isEqualTo(10);
    }

    @Test
    void functionsFollowEachOther() {
        Limit<List<Request>> byFirst = perUser.by((List<Request> list) -> list.get(0));
        assertThat(byFirst.tryAcquire(List.of(new Request("ada")))).isTrue();
        assertThat(permits.left("ada")).isEqualTo(9);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullIsOneClearError() {
        Request nobody = new Request(null);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> perUser.tryAcquire(null),
                () -> perUser.tryAcquire(null, 1),
                () -> perUser.decide(null),
                () -> perUser.decide(null, 1),
                () -> perUser.peek(null),
                () -> perUser.peek(null, 1),
                () -> perUser.refund(null, 1))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage("key");
        }
        assertThatThrownBy(() -> perUser.tryAcquire(nobody))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the key function returned null");
        assertThatThrownBy(() -> permits.by(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("keyOf");
    }
}
