package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers of the scripts of quotas: granted and used for each counter.
 *
 * @param counters the number of counters
 * @param grouped whether the operation is a group
 */
record CounterAnswers(int counters, boolean grouped) implements Answers<Outcome> {

    @Override
    public Outcome outcome(List<String> answer) {
        if (answer.size() != 2 * counters) {
            throw new IllegalStateException("the server answered " + answer + " for " + counters + " counters");
        }
        List<Counted> parts = new ArrayList<>();
        for (int i = 0; i < answer.size(); i += 2) {
            parts.add(new Counted(Long.parseLong(answer.get(i)), Long.parseLong(answer.get(i + 1))));
        }
        return grouped ? new Grouped(parts) : parts.get(0);
    }

    @Override
    public Outcome failed(StoreException failure) {
        return new Failed(failure.certainty(), failure);
    }
}
