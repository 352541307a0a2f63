package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is made of a load, and which measurement is none. */
class LoadRoundsTest {

    private final LoadRounds rounds = new LoadRounds(2, Duration.ofNanos(1));
    private final QuotaService quotas = Quotas.of(QuotaStores.inMemory(), QuotaLoad.QUOTA);

    @Test
    void eachWayHasItsRoundsAndWhatItCountedIsThere() throws Exception {
        quotas.consume("hot", 5);
        LoadWay.Calls consume = key -> () -> quotas.consume(key, 1).allowed();
        Map<String, Throughput> throughputs = rounds.run(
                List.of(LoadWay.alone("one", "hot", consume), LoadWay.together("eight", 8, "hot", consume)), quotas);
        assertThat(throughputs).containsOnlyKeys("one", "eight");
        assertThat(throughputs.get("eight"))
                .isNotNull()
                .satisfies(eight -> assertThat(eight.median()).isPositive());
    }

    @Test
    void whatWasGrantedButNotCountedIsNoMeasurement() throws Exception {
        LoadWay broken = LoadWay.apart("broken", 2, key -> () -> true);
        assertThatThrownBy(() -> rounds.run(List.of(broken), quotas))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not a valid measurement")
                .hasMessageContaining("but it shows 0");
    }

    @Test
    void whatWasRefusedIsNoMeasurement() throws Exception {
        LoadWay refused = LoadWay.alone("refused", "hot", key -> () -> false);
        assertThatCode(() -> rounds.run(List.of(refused), quotas)).hasMessageContaining("a call was refused on hot");
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        Map<String, Throughput> throughputs = Map.of(
                "way", new Throughput(90, 1_100, 70),
                "floor", new Throughput(100, 1_000, 100));
        assertThat(new LoadBound("way", "floor", 0.9).line(throughputs))
                .isEqualTo("way / floor: 0.90 (0.70 to 1.10), bound >= 0.9: holds");
        assertThat(new LoadBound("way", "floor", 1).line(throughputs)).endsWith("bound >= 1.0: MISSED");
        assertThat(new LoadBound("way", "floor", Double.NaN).line(throughputs)).endsWith("no bound");
        assertThat(new Throughput(90, 1_100, 70).text(0).strip()).isEqualTo("90 (70 to 1,100)");
    }
}
