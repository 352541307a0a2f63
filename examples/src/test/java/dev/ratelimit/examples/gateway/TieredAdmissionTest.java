package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.http.ProblemDetails;
import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The client's own limit is asked first; what the node refuses costs the client nothing; tiers differ in what is
 * over.
 */
@Timeout(60)
class TieredAdmissionTest {

    private static final Client PLATINUM = new Client(Tier.PLATINUM, "plat-atlas");
    private static final Client GOLD = new Client(Tier.GOLD, "gold-borealis");
    private static final Client SILVER = new Client(Tier.SILVER, "silver-waves");
    private static final Client OTHER = new Client(Tier.OTHERS, InetAddress.getLoopbackAddress());
    private static final Rate PLENTY = Rate.perSecond(1_000_000);

    private final ManualTime time = new ManualTime();
    private ApiKeyTable apiKeys;

    @BeforeEach
    void open() throws IOException {
        apiKeys = ApiKeyTable.demonstration();
    }

    @AfterEach
    void close() throws IOException {
        apiKeys.close();
    }

    @Test
    void refusalOfTheNodeGivesBackWhatTheTierGave() throws InterruptedException {
        TieredAdmission admission = admission(Rate.perSecond(1));
        assertThat(admission.allow(GOLD)).isInstanceOf(Verdict.Allowed.class);
        long left = admission.remaining(GOLD);
        for (int i = 0; i < 1000; i++) {
            Verdict.Refused refused = refused(admission, GOLD);
            assertThat(refused.by()).isEqualTo(Verdict.Limit.NODE);
            assertThat(refused.limits().stream().map(ServiceLimit::name)).containsExactly("gold", "node");
        }
        assertThat(admission.remaining(GOLD)).isEqualTo(left);
    }

    @Test
    void clientOverItsOwnLimitTakesNothingFromTheNode() throws InterruptedException {
        TieredAdmission admission = admission(Rate.perSecond(12));
        for (int i = 0; i < 10; i++) {
            assertThat(admission.allow(OTHER)).isInstanceOf(Verdict.Allowed.class);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(refused(admission, OTHER).by()).isEqualTo(Verdict.Limit.TIER);
        }
        assertThat(admission.allow(GOLD)).isInstanceOf(Verdict.Allowed.class);
        assertThat(admission.allow(GOLD)).isInstanceOf(Verdict.Allowed.class);
        assertThat(refused(admission, GOLD).by()).isEqualTo(Verdict.Limit.NODE);
    }

    @Test
    void throttledBudgetsComeBackAtTheTiersRate() throws InterruptedException {
        TieredAdmission admission = admission(PLENTY);
        exhaust(admission, PLATINUM);
        time.advance(Duration.ofMillis(1).minusNanos(1));
        assertThat(reason(admission, PLATINUM)).startsWith("Over the limit");
        time.advanceNanos(1);
        assertThat(admission.allow(PLATINUM)).isInstanceOf(Verdict.Allowed.class);
    }

    @Test
    void goldIsShutOutAfterAnExcessAndNobodyElseIs() throws InterruptedException {
        TieredAdmission admission = admission(PLENTY);
        exhaust(admission, GOLD);
        exhaust(admission, OTHER);
        time.advance(Tier.BLACKOUT.minusNanos(1));
        assertThat(reason(admission, GOLD)).startsWith("By the limit");
        assertThat(admission.allow(OTHER)).isInstanceOf(Verdict.Allowed.class);
        assertThat(admission.allow(new Client(Tier.GOLD, "gold-amok"))).isInstanceOf(Verdict.Allowed.class);
        time.advanceNanos(1);
        assertThat(admission.allow(GOLD)).isInstanceOf(Verdict.Allowed.class);
    }

    @Test
    void silverWaitsItsTurnAndIsRefusedOnlyBeyondTheMaxDelay() throws InterruptedException {
        TieredAdmission admission = admission(PLENTY);
        for (int i = 0; i < Tier.SILVER.rate().capacity(); i++) {
            assertThat(waited(admission.allow(SILVER))).isZero();
        }
        List<CompletableFuture<Verdict>> waiting = new ArrayList<>();
        // 200 a second: one each 5 ms, for 300 ms.
        for (int i = 1; i <= 60; i++) {
            waiting.add(later(admission, SILVER));
            time.awaitPending(i);
        }
        assertThat(refused(admission, SILVER).by()).isEqualTo(Verdict.Limit.TIER);
        time.advance(Tier.MAX_DELAY);
        List<Long> waits = new ArrayList<>();
        for (CompletableFuture<Verdict> verdict : waiting) {
            waits.add(waited(verdict.join()));
        }
        for (int i = 0; i < 60; i++) {
            assertThat(waits.get(i)).isEqualTo(Duration.ofMillis(5L * (i + 1)).toNanos());
        }
    }

    private static CompletableFuture<Verdict> later(TieredAdmission admission, Client client) {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        verdict.complete(admission.allow(client));
                    } catch (InterruptedException | RuntimeException e) {
                        verdict.completeExceptionally(e);
                    }
                })
                .start();
        return verdict;
    }

    private TieredAdmission admission(Rate node) {
        return new TieredAdmission(apiKeys, node, time);
    }

    private static void exhaust(TieredAdmission admission, Client client) throws InterruptedException {
        int allowed = 0;
        while (admission.allow(client) instanceof Verdict.Allowed) {
            allowed++;
        }
        assertThat(allowed).isEqualTo((int) client.tier().rate().capacity());
    }

    private static long waited(Verdict verdict) {
        return ((Verdict.Allowed) verdict).waitedNanos();
    }

    private static String reason(TieredAdmission admission, Client client) throws InterruptedException {
        return ProblemDetails.of(refused(admission, client).limits()).detail();
    }

    private static Verdict.Refused refused(TieredAdmission admission, Client client) throws InterruptedException {
        return (Verdict.Refused) admission.allow(client);
    }
}
