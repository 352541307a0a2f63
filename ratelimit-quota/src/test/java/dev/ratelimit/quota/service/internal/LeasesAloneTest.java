package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that prefetches units and is alone is refused nothing that is there, and says the same by whichever method it is asked. */
class LeasesAloneTest {

    private final ServiceOnTrial trial = new ServiceOnTrial();

    /** What goes back later does so at the end. */
    private final Deque<Runnable> later = new ArrayDeque<>();

    @BeforeEach
    void lease() {
        trial.term = Duration.ofMinutes(10);
        trial.executor = later::add;
    }

    private static Quota daily(long limit) {
        return Quota.of("calls", limit, CalendarWindow.daily());
    }

    /** A service that holds units of the key. */
    private QuotaService prefetching(WhenUnavailable choice, Quota... quotas) {
        QuotaService service = trial.service(choice, quotas);
        for (int i = 0; i < 20; i++) {
            assertThat(service.consume("key", 10).allowed()).isTrue();
            trial.advance(Duration.ofMillis(1));
        }
        assertThat(service.statistics().prefetchedUnits()).isPositive();
        return service;
    }

    private void untilAway(QuotaService quotas) {
        trial.store.beginOutage(Fault.REFUSE);
        for (int i = 0; quotas.statistics().storeAvailable(); i++) {
            try {
                quotas.consume("another" + i, 1);
            } catch (QuotaUnavailableException e) {
                trial.advance(Duration.ofMillis(100));
                continue;
            }
            trial.advance(Duration.ofMillis(100));
        }
    }

    @Test
    void aChangeOfTheLimitTakesNothingAway() {
        QuotaService quotas = prefetching(WhenUnavailable.fail(), daily(1_000));
        quotas.update(daily(1_001));
        long left = quotas.peek("key").remaining();
        assertThat(left).isEqualTo(801);
        assertThat(quotas.consume("key", 802).allowed()).isFalse();
        assertThat(quotas.consume("key", left).allowed()).isTrue();
        assertThat(trial.counted(daily(1_001))).isEqualTo(1_001);
        later.forEach(Runnable::run);
        assertThat(trial.counted(daily(1_001))).isEqualTo(1_001);
    }

    @Test
    void aSmallerLimitBindsAtOnce() {
        QuotaService quotas = prefetching(WhenUnavailable.fail(), daily(1_000));
        quotas.update(daily(205));
        assertThat(quotas.consume("key", 6).allowed()).isFalse();
        assertThat(quotas.consume("key", 5).allowed()).isTrue();
    }

    @Test
    void aTopUpTakesNothingAway() {
        Quota lifetime = Quota.of("calls", 1_000, CalendarWindow.lifetime());
        QuotaService quotas = prefetching(WhenUnavailable.fail(), lifetime);
        quotas.topUp("key", 1);
        assertThat(quotas.consume("key", 801).allowed()).isTrue();
    }

    @Test
    void anotherWindowOfOneQuotaTakesNothingFromAnother() {
        Quota minutely = Quota.of("calls-a-minute", 1_000, CalendarWindow.everyMinute());
        QuotaService quotas = prefetching(WhenUnavailable.fail(), daily(1_000), minutely);
        trial.advance(Duration.ofSeconds(60));
        assertThat(quotas.consume("key", 800).allowed()).isTrue();
    }

    @Test
    void aRequestWithAnIdempotencyKeyIsRefusedNothingThatIsThere() {
        QuotaService quotas = prefetching(WhenUnavailable.fail(), daily(1_000));
        long left = quotas.peek("key").remaining();
        assertThat(quotas.consume("key", left + 1, "one").allowed()).isFalse();
        quotas.reset("key");
        QuotaService again = prefetching(WhenUnavailable.fail(), daily(1_000));
        long room = again.peek("key").remaining();
        assertThat(again.reserve("key", room, "two").allowed()).isTrue();
        assertThat(again.consume("key", 1).allowed()).isFalse();
    }

    @Test
    void allMethodsSayTheSameInAnOutage() {
        for (WhenUnavailable choice : new WhenUnavailable[] {
            WhenUnavailable.fail(), WhenUnavailable.deny(), WhenUnavailable.allow(), WhenUnavailable.local(0.1)
        }) {
            LeasesAloneTest own = new LeasesAloneTest();
            own.lease();
            QuotaService quotas = own.prefetching(choice, daily(1_000_000));
            own.untilAway(quotas);
            QuotaDecision look = quotas.peek("key", 1);
            assertThat(look.source()).isEqualTo(DecisionSource.PREFETCHED);
            assertThat(look.allowed()).isTrue();
            assertThat(quotas.reserve("key", 1).decision().source()).isEqualTo(DecisionSource.PREFETCHED);
            QuotaDecision consumed = quotas.consume("key", 1);
            assertThat(consumed.source()).isEqualTo(DecisionSource.PREFETCHED);
            assertThat(consumed.used()).isEqualTo(look.used() + 2);
            long more = quotas.statistics().prefetchedUnits() + 1;
            if (choice.equals(WhenUnavailable.fail())) {
                assertThatThrownBy(() -> quotas.peek("key", more)).isInstanceOf(QuotaUnavailableException.class);
                assertThatThrownBy(() -> quotas.consume("key", more)).isInstanceOf(QuotaUnavailableException.class);
            } else {
                DecisionSource source = quotas.peek("key", more).source();
                assertThat(source).isNotEqualTo(DecisionSource.PREFETCHED);
                assertThat(quotas.consume("key", more).source()).isEqualTo(source);
            }
        }
    }

    /** Throws an error out of each method once it is told to. */
    private record Breaking(QuotaStore store, AtomicBoolean broken) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public boolean isLocal() {
            if (broken.get()) {
                throw new StackOverflowError("deep in a driver");
            }
            return false;
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void anErrorWhileALeaseIsExtendedStrandsNothing() {
        AtomicBoolean broken = new AtomicBoolean();
        ManualTime time = new ManualTime();
        PrefetchingNode node = new PrefetchingNode(new Breaking(PrefetchingNode.store(), broken), time, 1_000);
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofMillis(1));
            assertThat(node.grants(1)).isTrue();
        }
        long held = node.held();
        assertThat(held).isPositive();
        broken.set(true);
        assertThatThrownBy(() -> node.consume(held + 1)).isInstanceOf(StackOverflowError.class);
        assertThat(node.held()).isEqualTo(held);
        broken.set(false);
        time.advance(PrefetchingNode.TERM);
        assertThat(node.used()).isEqualTo(3);
    }
}
