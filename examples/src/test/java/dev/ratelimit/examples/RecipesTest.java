package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.address.AddressLiteral;
import dev.ratelimit.testing.ManualTime;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** The recipes of the guide do what it says. */
class RecipesTest {

    private static final InetAddress HOME = address("192.0.2.1");
    private static final InetAddress ELSEWHERE = address("198.51.100.7");

    private final ManualTime time = new ManualTime();

    private static InetAddress address(String literal) {
        return AddressLiteral.parse(literal).orElseThrow();
    }

    @Test
    void onlyLoginsThatFailCost() {
        Logins logins = new Logins((account, password) -> password.equals("right"), time);
        for (int i = 0; i < 100; i++) {
            assertThat(logins.login("ada", "right", HOME)).isEqualTo("200");
        }
        for (int i = 0; i < 5; i++) {
            assertThat(logins.login("ada", "wrong", HOME)).isEqualTo("401");
        }
        assertThat(logins.login("ada", "right", HOME)).as("also the right one").isEqualTo("429");
        assertThat(logins.login("ada", "right", ELSEWHERE)).isEqualTo("200");
        assertThat(logins.login("grace", "right", HOME)).isEqualTo("200");
        time.advance(Duration.ofMinutes(3));
        assertThat(logins.login("ada", "right", HOME)).isEqualTo("200");
    }

    @Test
    void oneAddressCannotTryManyAccounts() {
        Logins logins = new Logins((account, password) -> false, time);
        for (int i = 0; i < 50; i++) {
            assertThat(logins.login("account " + i, "guess", HOME)).isEqualTo("401");
        }
        assertThat(logins.login("account 50", "guess", HOME)).isEqualTo("429");
        assertThat(logins.login("account 50", "guess", ELSEWHERE)).isEqualTo("401");
    }

    @Test
    void outboundCallsWaitForTheRemotesLimit() throws Exception {
        OutboundCalls calls = new OutboundCalls(time);
        assertThat(calls.call(() -> "one")).isEqualTo("one");
        assertThat(calls.call(() -> "two")).isEqualTo("two");
        FutureTask<String> third = new FutureTask<>(() -> calls.call(() -> "three"));
        new Thread(third).start();
        time.awaitPending(1);
        time.advance(Duration.ofMillis(100));
        assertThat(third.get()).isEqualTo("three");
        calls.contractChanged(1);
        assertThat(calls.call(() -> "four")).as("a second's wait is too long").isEqualTo("busy: try again later");
    }
}
