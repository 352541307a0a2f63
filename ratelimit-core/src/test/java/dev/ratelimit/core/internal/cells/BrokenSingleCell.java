package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;

/**
 * A broken twin of {@link SingleCell}: it charges its cell in the units that it knows, and not only if the cell counts in
 * them.
 */
final class BrokenSingleCell implements SingleCellRaceTest.Contest {

    private static final long KEY = 1L << 40 | 1;

    private final CellTable table = new CellTable(9, WhenSaturated.DENY, ContestedPlace.STILL);
    private final Places places = table.places();
    private final int place = places.first(KEY);
    private final Budgets[] rates;
    private volatile Budgets current;

    BrokenSingleCell(Rate... rates) {
        this.rates = new Budgets[rates.length];
        for (int i = 0; i < rates.length; i++) {
            this.rates[i] = table.budgets(rates[i], Duration.ZERO);
        }
        current = this.rates[0];
        current.take(KEY, 1);
        current.refund(KEY, 1);
    }

    @Override
    public boolean tryAcquire() {
        while (true) {
            Gcra known = current.gcra();
            long before = places.cell(place);
            long reading = known.reading(ContestedPlace.STILL.nanos());
            if (known.missing(Gcra.debt(before, reading), 1) > 0) {
                return false;
            }
            long after = known.charged((before & ~0x3FL) | known.number(), reading, known.cost(1));
            if (places.exchange(place, before, after)) {
                return true;
            }
        }
    }

    @Override
    public void refund() {
        current.refund(KEY, 1);
    }

    @Override
    public void change(int number) {
        Gcra from = current.gcra();
        current = rates[number % rates.length];
        Gcra to = current.gcra();
        long reading = ContestedPlace.STILL.nanos();
        long before = places.cell(place);
        while (Cell.number(before) == from.number() && from != to) {
            long debt = to.converted(Gcra.debt(before, from.reading(reading)), from);
            if (places.exchange(place, before, to.cell(to.reading(reading), debt, before))) {
                return;
            }
            before = places.cell(place);
        }
    }

    @Override
    public long debt() {
        return current.snapshot(current.debt(KEY, table.clock())).debt();
    }
}
