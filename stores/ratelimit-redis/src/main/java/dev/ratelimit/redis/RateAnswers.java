package dev.ratelimit.redis;

import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.store.StoreException;
import java.util.List;

/**
 * The answers of the script of rates: permits, the microseconds of the blackout, the generation, and the debt of each
 * rate.
 *
 * @param rates the number of rates
 */
record RateAnswers(int rates) implements Answers<RateOutcome> {

    private static final int HEAD = 3;

    @Override
    public RateOutcome outcome(List<String> answer) {
        if (answer.size() != HEAD + rates) {
            throw new IllegalStateException("the server answered " + answer + " for " + rates + " rates");
        }
        List<Long> numbers = answer.stream().map(Long::valueOf).toList();
        return new Applied(numbers.get(0), numbers.subList(HEAD, numbers.size()), numbers.get(1), numbers.get(2));
    }

    @Override
    public RateOutcome failed(StoreException failure) {
        return new Failed(failure.certainty(), failure);
    }
}
