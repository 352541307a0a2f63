package dev.ratelimit.examples;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.ToLongFunction;

/** Jobs that one process accepts and another does, and requests that clients repeat. */
final class QueuedJobs {

    /** What goes into the queue. */
    record Job(String prompt, String reservation) {}

    private final Queue<Job> queue = new ArrayDeque<>();
    private final QuotaService tokens;

    QueuedJobs(QuotaStore store, InstantSource clock) {
        tokens = Quotas.builder(store)
                .quota(Quota.of("tokens-a-day", 1_000_000, CalendarWindow.daily()))
                .clock(clock)
                .build();
    }

    String submit(String customer, String prompt) {
        QuotaReservation reserved = tokens.reserve(customer, 4_096);
        if (!reserved.allowed()) {
            return "429";
        }
        queue.add(new Job(prompt, reserved.handle()));
        return "202";
    }

    void work(ToLongFunction<String> model) {
        Job job = queue.remove();
        try (QuotaReservation reserved = tokens.resume(job.reservation())) {
            reserved.timeToLive(Duration.ofMinutes(10));
            reserved.commit(model.applyAsLong(job.prompt()));
        }
    }

    String translate(String customer, String requestId) {
        return tokens.consume(customer, 100, requestId).allowed() ? "200" : "429";
    }

    long tokensLeft(String customer) {
        return tokens.peek(customer).remaining();
    }
}
