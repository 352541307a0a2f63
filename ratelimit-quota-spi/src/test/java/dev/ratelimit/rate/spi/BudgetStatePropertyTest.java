package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.RateOperation.Take;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Takes of several rates, against a model that keeps each theoretical arrival time as an unbounded fraction. */
class BudgetStatePropertyTest {

    /** An arrival time is this numerator over the units per microsecond. */
    private static final class Model {
        final StoredRate rate;
        BigInteger arrival = BigInteger.ZERO;

        Model(StoredRate rate) {
            this.rate = rate;
        }

        BigInteger debt(long now) {
            return arrival.subtract(micros(now)).max(BigInteger.ZERO);
        }

        private BigInteger micros(long now) {
            return BigInteger.valueOf(now).multiply(BigInteger.valueOf(rate.unitsPerMicro()));
        }

        BigInteger permits(long now, long maxDelay) {
            BigInteger room = BigInteger.valueOf(rate.capacityUnits())
                    .add(BigInteger.valueOf(maxDelay).multiply(BigInteger.valueOf(rate.unitsPerMicro())))
                    .subtract(debt(now));
            return room.max(BigInteger.ZERO).divide(BigInteger.valueOf(rate.unitsPerPermit()));
        }

        void take(long now, long permits) {
            arrival = arrival.max(micros(now))
                    .add(BigInteger.valueOf(permits).multiply(BigInteger.valueOf(rate.unitsPerPermit())));
        }
    }

    @Property(tries = 2000)
    void takesAreExact(@ForAll long seed) {
        Random random = new Random(seed);
        List<Model> models = new ArrayList<>();
        int rates = 1 + random.nextInt(3);
        for (int i = 0; i < rates; i++) {
            models.add(new Model(rate(random)));
        }
        BudgetTerms terms =
                new BudgetTerms(models.stream().map(model -> model.rate).toList());
        BudgetState state = BudgetState.FULL;
        long now = 1_700_000_000_000_000L + random.nextInt();
        for (int step = 0; step < 60; step++) {
            now += random.nextInt(8) == 0 ? -random.nextInt(1000) : pause(random, models.get(0).rate);
            long fewest = Long.MAX_VALUE;
            long maxDelay = random.nextInt(4) == 0 ? maxDelay(random, terms) : 0;
            for (Model model : models) {
                fewest = Math.min(fewest, model.permits(now, maxDelay).longValueExact());
            }
            long want = 1
                    + random.nextLong(
                            1 + Math.min(1_000_000, 2 * models.get(0).rate.capacity()));
            long min = random.nextBoolean() ? want : 1 + random.nextLong(want);
            long expected = Math.min(want, fewest) >= min ? Math.min(want, fewest) : 0;
            Step taken = BudgetState.parse(state.toText()).apply(new Take("b", terms, want, min, maxDelay, false), now);
            assertThat(taken.outcome().permits()).isEqualTo(expected);
            state = taken.state();
            for (int i = 0; i < rates; i++) {
                if (expected > 0) {
                    models.get(i).take(now, expected);
                }
                assertThat(taken.outcome().debts().get(i))
                        .isEqualTo(models.get(i).debt(now).longValueExact());
            }
        }
    }

    private static long pause(Random random, StoredRate rate) {
        long refill = rate.capacityUnits() / rate.unitsPerMicro();
        return random.nextLong(1 + Math.min(refill, 1L << 50) / (1 + random.nextInt(20)));
    }

    private static long maxDelay(Random random, BudgetTerms terms) {
        long max = BudgetTerms.MAX_MICROS;
        for (StoredRate rate : terms.rates()) {
            // Room for what a clock that goes back adds to a debt.
            max = Math.min(max, rate.maxDelayMicros() / 2);
        }
        return random.nextLong(1 + max) / (1 + random.nextInt(1000));
    }

    private static StoredRate rate(Random random) {
        long perPermit = 1 + random.nextLong(1L << (1 + random.nextInt(36)));
        long perMicro = 1 + random.nextLong(1L << (1 + random.nextInt(20)));
        long max = StoredRate.MAX_UNITS / 4 / perPermit;
        return new StoredRate(perPermit, perMicro, 1 + random.nextLong(Math.min(max, 1L << (1 + random.nextInt(30)))));
    }
}
