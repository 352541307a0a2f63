package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A departure and a withdrawal at the same moment: exactly one wins, and both sides know which. */
class DepartureRaceTest {

    private static final int ROUNDS = 50_000;

    @Test
    void eitherItDepartsOrItIsWithdrawnOnce() throws Exception {
        assertThat(RacingPairs.wrong(ROUNDS, Real::new)).isZero();
    }

    @Test
    void twoThatWithdrawAtOnceGiveBackOnce() throws Exception {
        assertThat(RacingPairs.wrong(ROUNDS, i -> new TwoCancels())).isZero();
    }

    @Test
    void aTwinThatLooksBeforeItActsIsCaught() throws Exception {
        assertThat(RacingPairs.wrongOfTwin(ROUNDS, i -> new Twin())).isPositive();
    }

    /** The thread that finds the turn come, and a caller who gives up in one of the ways there are. */
    private static final class Real implements RacingPairs.Round {

        private final AtomicInteger withdrawals = new AtomicInteger();
        private final Departure<String> departure = new Departure<>(withdrawals::incrementAndGet);
        private final int way;
        private boolean hasDeparted;
        private boolean hasWithdrawn;

        Real(int number) {
            way = number % 4;
        }

        @Override
        public void one() {
            hasDeparted = departure.depart("gone");
        }

        @Override
        public void other() {
            hasWithdrawn = switch (way) {
                case 0 -> departure.cancel(true);
                case 1 -> departure.complete("other");
                case 2 -> departure.completeExceptionally(new IllegalStateException());
                default -> {
                    departure.obtrudeValue("other");
                    // It overwrites in any case; only the count says who was first.
                    yield withdrawals.get() == 1;
                }
            };
        }

        @Override
        public boolean isRight() {
            boolean readsGone =
                    !departure.isCompletedExceptionally() && departure.join().equals("gone");
            boolean isRead = way == 3 || readsGone == hasDeparted;
            return isRead && hasDeparted != hasWithdrawn && withdrawals.get() == (hasWithdrawn ? 1 : 0);
        }
    }

    /** Two callers. */
    private static final class TwoCancels implements RacingPairs.Round {

        private final AtomicInteger withdrawals = new AtomicInteger();
        private final Departure<String> departure = new Departure<>(withdrawals::incrementAndGet);

        @Override
        public void one() {
            departure.cancel(true);
        }

        @Override
        public void other() {
            departure.completeExceptionally(new IllegalStateException());
        }

        @Override
        public boolean isRight() {
            return withdrawals.get() == 1;
        }
    }

    /** The twin. */
    private static final class Twin implements RacingPairs.Round {

        private final AtomicInteger withdrawals = new AtomicInteger();
        private final BrokenDeparture departure = new BrokenDeparture(withdrawals::incrementAndGet);

        @Override
        public void one() {
            departure.depart();
        }

        @Override
        public void other() {
            departure.cancel();
        }

        @Override
        public boolean isRight() {
            return withdrawals.get() == (departure.read().equals("gone") ? 0 : 1);
        }
    }
}
