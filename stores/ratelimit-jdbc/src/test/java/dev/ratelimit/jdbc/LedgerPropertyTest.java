package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any operations on one counter, against integers of any size. */
class LedgerPropertyTest {

    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Counter COUNTER = Counter.of("q", "s", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

    @Property
    void answers_as_the_exact_model_does(
            @ForAll("histories") List<Operation> operations, @ForAll("amounts") long stored) {
        Ledger ledger = new Ledger();
        ledger.load(COUNTER.name(), stored, 0);
        BigInteger used = BigInteger.valueOf(stored);
        List<Outcome> expected = new ArrayList<>();
        for (Operation operation : operations) {
            BigInteger granted = BigInteger.ZERO;
            if (operation instanceof Acquire acquire) {
                BigInteger room = BigInteger.valueOf(acquire.limit()).subtract(used);
                if (room.compareTo(BigInteger.valueOf(acquire.min())) >= 0) {
                    granted = room.min(BigInteger.valueOf(acquire.want()));
                }
                used = used.add(granted);
            } else {
                BigInteger delta = BigInteger.valueOf(((Adjust) operation).delta());
                used = used.add(delta).max(BigInteger.ZERO).min(MAX);
            }
            expected.add(new Counted(granted.longValueExact(), used.longValueExact()));
        }
        assertThat(ledger.apply(operations)).isEqualTo(expected);
        assertThat(ledger.changed().stream().mapToLong(Ledger.Balance::used).sum())
                .isEqualTo(ledger.changed().isEmpty() ? 0 : used.longValueExact());
    }

    @Provide
    Arbitrary<List<Operation>> histories() {
        Arbitrary<Operation> acquires = Combinators.combine(amounts(), amounts(), amounts())
                .as((a, b, limit) ->
                        new Acquire(COUNTER, Math.max(1, Math.max(a, b)), Math.max(1, Math.min(a, b)), limit, null));
        Arbitrary<Operation> adjusts =
                Arbitraries.longs().filter(delta -> delta != 0).map(delta -> new Adjust(COUNTER, delta, null));
        return Arbitraries.oneOf(acquires, adjusts).list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<Long> amounts() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 20),
                Arbitraries.longs().between(Long.MAX_VALUE - 20, Long.MAX_VALUE),
                Arbitraries.longs().greaterOrEqual(0));
    }
}
