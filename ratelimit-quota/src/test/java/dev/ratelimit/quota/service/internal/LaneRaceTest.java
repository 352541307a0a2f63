package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One who joins a lane just as its leader ends it: either it is found, or it hears that the lane has ended. */
@Timeout(60)
class LaneRaceTest {

    private static final int JOINING = 2;
    private static final int ROUNDS = 50_000;
    private static final Request REQUEST = new Request(List.of(), 1);

    /** The lane that is in use: as one ends, the next is. */
    private volatile Lane current = new Lane();

    /** The number of those who joined and whom the leader never found; it ends a lane in which it found nobody. */
    private long lost(Predicate<Lane> ends) throws Exception {
        List<FutureTask<Void>> joining = new ArrayList<>();
        for (int i = 0; i < JOINING; i++) {
            FutureTask<Void> task = new FutureTask<>(this::join, null);
            new Thread(task).start();
            joining.add(task);
        }
        long found = 0;
        boolean all = false;
        while (!all) {
            // Who has joined by now is found in this round.
            all = joining.stream().allMatch(FutureTask::isDone);
            do {
                while (current.poll() != null) {
                    found++;
                }
            } while (!ends.test(current));
            current = new Lane();
        }
        for (FutureTask<Void> task : joining) {
            task.get();
        }
        return (long) JOINING * ROUNDS - found;
    }

    private void join() {
        for (int round = 0; round < ROUNDS; round++) {
            LaneRequest passenger = new LaneRequest(REQUEST);
            while (!current.join(passenger)) {
                Thread.onSpinWait();
            }
        }
    }

    @RepeatedTest(3)
    void nobodyWhoJoinedIsLost() throws Exception {
        assertThat(lost(Lane::end)).isZero();
    }

    @Test
    void aLeaderWhoLeavesWithoutEndingItsLaneIsCaught() throws Exception {
        long lost = 0;
        // On a busy machine threads may take turns for a while.
        for (int attempt = 0; attempt < 1_000 && lost == 0; attempt++) {
            lost = lost(lane -> true);
        }
        assertThat(lost).isPositive();
    }

    @Test
    void theyAreFoundInTheOrderInWhichTheyCame() {
        Lane lane = new Lane();
        LaneRequest first = new LaneRequest(REQUEST);
        LaneRequest second = new LaneRequest(REQUEST);
        LaneRequest third = new LaneRequest(REQUEST);
        assertThat(lane.join(first)).isTrue();
        assertThat(lane.join(second)).isTrue();
        assertThat(lane.poll()).isSameAs(first);
        assertThat(lane.join(third)).isTrue();
        assertThat(lane.end()).isFalse();
        assertThat(lane.poll()).isSameAs(second);
        assertThat(lane.poll()).isSameAs(third);
        assertThat(lane.poll()).isNull();
        assertThat(lane.end()).isTrue();
        assertThat(lane.join(first)).isFalse();
    }
}
