package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a store that cannot decide a group as one. */
class AllOrNothingTest {

    private static final String KEY = "key";

    private final QuotaStore counters = QuotaStores.inMemory();
    private final FaultyStore store = new FaultyStore(GatedStore.withoutGroups(counters));
    private final QuotaService quotas = Quotas.builder(store)
            .quota(Quota.of("a", 10, CalendarWindow.yearly()))
            .quota(Quota.of("b", 6, CalendarWindow.yearly()))
            .quota(Quota.of("c", 8, CalendarWindow.yearly()))
            .build();

    private List<Long> used() {
        return quotas.peek(KEY).usages().stream().map(QuotaUsage::used).toList();
    }

    @Test
    void allCountOrNone() {
        assertThat(quotas.consume(KEY, 4).usages()).extracting(QuotaUsage::used).containsExactly(4L, 4L, 4L);
        assertThat(quotas.consume(KEY, 3).usages()).extracting(QuotaUsage::used).containsExactly(4L, 4L, 4L);
        assertThat(quotas.consume(KEY, 3).refusedBy())
                .map(usage -> usage.quota().name())
                .contains("b");
        assertThat(used()).containsExactly(4L, 4L, 4L);
        assertThat(quotas.consume(KEY, 2).allowed()).isTrue();
        assertThat(used()).containsExactly(6L, 6L, 6L);
    }

    @Test
    void inTroubleHalfWayWhatWasCountedIsGivenBack() {
        store.next(Fault.NONE, Fault.REFUSE);
        assertThatThrownBy(() -> quotas.consume(KEY, 2))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        assertThat(used()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void whatCannotBeGivenBackStaysCountedAndIsSaid() {
        quotas.consume(KEY, 6);
        store.next(Fault.NONE, Fault.NONE, Fault.LOSE_CALL);
        assertThatThrownBy(() -> quotas.consume(KEY, 1)).isInstanceOfSatisfying(QuotaUnavailableException.class, e -> {
            assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE);
            assertThat(e).hasMessageContaining("could not be given back");
        });
        assertThat(used()).containsExactly(7L, 6L, 6L);
    }

    /** The first of two quotas has room, and the second has none. */
    @Test
    void whatAQuotaRefusedIsAllowedUnderNoChoice() {
        for (WhenUnavailable choice :
                List.of(WhenUnavailable.allow(), WhenUnavailable.local(1), WhenUnavailable.deny())) {
            for (Fault fault : List.of(Fault.LOSE_CALL, Fault.REFUSE, Fault.LOSE_REPLY)) {
                ServiceOnTrial trial = new ServiceOnTrial();
                StoreQuotas both = trial.service(
                        GatedStore.withoutGroups(trial.store),
                        choice,
                        0,
                        ServiceOnTrial.DAILY,
                        ServiceOnTrial.MINUTELY);
                both.consume(KEY, 30);
                trial.store.next(Fault.NONE, Fault.NONE, fault);
                QuotaDecision refused = both.consume(KEY, 1);
                assertThat(refused.source()).isEqualTo(DecisionSource.STORE);
                assertThat(refused.refusedBy())
                        .hasValueSatisfying(usage -> assertThat(usage.quota()).isEqualTo(ServiceOnTrial.MINUTELY));
                trial.advance(Duration.ofSeconds(10));
                assertThat(trial.counted(ServiceOnTrial.MINUTELY)).isEqualTo(30);
            }
        }
    }

    /** The first refuses, and what the second shows cannot be read. */
    @Test
    void aRefusalIsCertainThoughTheOtherCountersCannotBeRead() {
        ServiceOnTrial trial = new ServiceOnTrial();
        StoreQuotas both = trial.service(
                GatedStore.withoutGroups(trial.store),
                WhenUnavailable.allow(),
                0,
                ServiceOnTrial.MINUTELY,
                ServiceOnTrial.DAILY);
        both.consume(KEY, 30);
        trial.store.next(Fault.NONE, Fault.LOSE_CALL);
        assertThat(both.consume(KEY, 1).refusedBy())
                .hasValueSatisfying(usage -> assertThat(usage.used()).isEqualTo(30));
    }
}
