package dev.ratelimit.quota.service;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Two processes that reserve for a few jobs, hand over, commit and close in any order, and what the counter must show
 * then.
 *
 * <p>Without faults it is known to the unit. With faults and late deliveries the least is what was committed and
 * acknowledged, and the most has all that was ever tried or in doubt.
 */
final class ReservationHistory {

    /** What the model knows of a job: with an idempotency key, or of one handle. */
    private static final class Job {
        final String name;

        @Nullable
        Long committed;

        @Nullable
        Round round;

        long acknowledged;
        long tried;
        /** What stays reserved in doubt. */
        long doubt;

        Job(String name) {
            this.name = name;
        }
    }

    /** What was reserved at once, and may be given back once. */
    private static final class Round {
        final long amount;
        boolean returned;

        Round(long amount) {
            this.amount = amount;
        }
    }

    /** An object of a job; without a round if it was committed before. */
    private static final class Held {
        final Job job;
        final @Nullable Round round;
        final long amount;
        final QuotaReservation reservation;
        boolean ended;

        Held(Job job, @Nullable Round round, long amount, QuotaReservation reservation) {
            this.job = job;
            this.round = round;
            this.amount = amount;
            this.reservation = reservation;
        }
    }

    /** A store of which one call fails, some calls later. */
    private static final class LaterFault implements QuotaStore {
        private final FaultyStore store;
        private int calls;
        private Fault fault = Fault.NONE;

        LaterFault(FaultyStore store) {
            this.store = store;
        }

        void fail(int calls, Fault fault) {
            this.calls = calls;
            this.fault = fault;
        }

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (--calls == 0) {
                store.next(fault);
            }
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static final List<Fault> FAULTS = List.of(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.BREAK);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final LaterFault store;
    private final List<QuotaService> services;
    private final boolean inTrouble;
    private final List<Job> jobs = new ArrayList<>(List.of(new Job("a"), new Job("b"), new Job("c")));
    private final List<Held> held = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private long expected;
    private int forgotten;

    ReservationHistory(UnaryOperator<QuotaStore> made, boolean inTrouble) {
        this.inTrouble = inTrouble;
        this.store = new LaterFault(new FaultyStore(made.apply(QuotaStores.inMemory(clock))));
        this.services = List.of(service(), service());
    }

    private QuotaService service() {
        return Quotas.builder(store)
                // Far longer than a busy machine lets a call in memory wait.
                .deadline(Duration.ofMinutes(1))
                .quota(Quota.of("tokens", 1_000_000_000, CalendarWindow.yearly()))
                .clock(clock)
                .build();
    }

    void take(int step) {
        int number = step / 10;
        QuotaService service = services.get(number % 2);
        if (inTrouble && number % 3 == 0) {
            store.fail(1 + number % 4, FAULTS.get(number / 3 % 4));
        }
        switch (step % 10) {
            case 0, 1, 2 -> reserve(jobs.get(number % 3), 10 + number % 7, service);
            case 3 -> handOver(number, service);
            case 9 -> later(number);
            default -> {
                if (!held.isEmpty()) {
                    end(held.get(number % held.size()), step % 10, number / 7 % 30);
                }
            }
        }
        store.fail(0, Fault.NONE);
    }

    private void reserve(Job job, long amount, QuotaService service) {
        log.add("reserve " + job.name + " " + amount);
        try {
            QuotaReservation reservation = service.reserve("ada", amount, job.name);
            boolean anew = job.committed == null && (job.round == null || job.round.returned);
            if (anew) {
                job.round = new Round(amount);
                expected += amount;
            }
            job.doubt += amount;
            Round round = job.committed == null ? job.round : null;
            // A repetition has the amount that was reserved first.
            held.add(new Held(job, round, round == null ? amount : round.amount, reservation));
        } catch (QuotaUnavailableException e) {
            job.doubt += amount;
            log.add("  failed");
        }
    }

    /** Hands a new reservation over to two workers. */
    private void handOver(int number, QuotaService service) {
        long amount = 10L + number % 9;
        log.add("hand over " + amount);
        Job job = new Job("handle " + number);
        try {
            String handle = service.reserve("ada", amount).handle();
            expected += amount;
            job.round = new Round(amount);
            for (QuotaService worker : services) {
                held.add(new Held(job, job.round, amount, worker.resume(handle)));
            }
        } catch (QuotaUnavailableException e) {
            log.add("  failed");
        }
        job.doubt = amount;
        jobs.add(job);
    }

    private void later(int number) {
        Duration wait = inTrouble ? Duration.ofHours(number % 200) : Duration.ofMinutes(number % 20);
        log.add("wait " + wait);
        clock.advance(wait);
        if (inTrouble) {
            store.fail(0, Fault.NONE);
            for (int i = 0; i < 9; i++) {
                // The store forgets old operations as new ones come.
                services.get(0).consume("ada", 1, "forget " + forgotten++);
            }
        }
    }

    private void end(Held each, int how, long actual) {
        boolean commits = how <= 6 || how == 8;
        long charge = how == 8 ? each.amount : actual;
        log.add((how == 7 ? "cancel " : how == 8 ? "close " : "commit " + charge + " ") + held.indexOf(each) + " of "
                + each.job.name);
        Job job = each.job;
        job.tried = commits ? Math.max(job.tried, charge) : job.tried;
        try {
            boolean won =
                    how == 7 ? each.reservation.cancel() : how == 8 ? closed(each) : each.reservation.commit(charge);
            if (commits && how != 8 && won) {
                job.acknowledged = Math.max(job.acknowledged, charge);
            }
            ended(each, commits ? charge : null);
        } catch (QuotaUnavailableException | IllegalStateException e) {
            log.add("  failed " + e.getMessage());
        }
    }

    private static boolean closed(Held each) {
        each.reservation.closeCharges(CloseCharges.RESERVED).close();
        return true;
    }

    private void ended(Held each, @Nullable Long charge) {
        if (each.ended) {
            return;
        }
        each.ended = true;
        if (charge != null && each.job.committed == null) {
            each.job.committed = charge;
            expected += charge;
        }
        if (each.round != null && !each.round.returned) {
            each.round.returned = true;
            expected -= each.round.amount;
        }
    }

    /** Has each object end by what was tried, or by nothing. */
    void closeAll() {
        held.forEach(each -> each.reservation.closeCharges(CloseCharges.NOTHING).close());
    }

    long used() {
        return services.get(0).peek("ada").used();
    }

    long expected() {
        return expected;
    }

    long least() {
        return forgotten + jobs.stream().mapToLong(job -> job.acknowledged).sum();
    }

    long most() {
        return forgotten + jobs.stream().mapToLong(job -> job.tried + job.doubt).sum();
    }

    @Override
    public String toString() {
        return String.join("\n", log);
    }
}
