package dev.ratelimit.examples;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** An API that is sold by the call and by the token. */
final class MeteredApi implements AutoCloseable {

    private final List<String> mails = new ArrayList<>();
    private final QuotaService calls;
    private final QuotaService tokens;
    private final QuotaService searches;

    MeteredApi(QuotaStore store, InstantSource clock) {
        calls = Quotas.builder(store)
                .quota(Quota.of(
                        "calls-a-month", 20_000, CalendarWindow.monthly().in(ZoneId.of("Europe/Vienna"))))
                .quota(Quota.of("calls-a-minute", 100, CalendarWindow.everyMinute()))
                .listener(
                        (customer, percent, usage) -> mail(
                                customer, percent + " % of " + usage.quota().name()),
                        80,
                        100)
                .clock(clock)
                .build();

        tokens = Quotas.builder(store)
                .quota(Quota.of("tokens-a-day", 1_000_000, CalendarWindow.daily()))
                .deadline(Duration.ofMillis(100))
                .retries(1)
                .clock(clock)
                .build();

        searches = Quotas.builder(store)
                .quota(Quota.of("searches-a-day", 50_000_000, CalendarWindow.daily()))
                .prefetch(Duration.ofMillis(10))
                .clock(clock)
                .build();
    }

    String call(String customer) {
        QuotaDecision decision = calls.consume(customer);
        if (decision.allowed()) {
            return "200, " + decision.remaining() + " left of "
                    + decision.binding().quota().name();
        }
        return "429, " + decision.used() + " of " + decision.limit() + " used, come back in "
                + decision.retryAfterSeconds().orElseThrow() + " s";
    }

    String ask(String customer, String prompt, ToLongFunction<String> model) {
        try (QuotaReservation reserved = tokens.reserve(customer, 4_096)) {
            if (!reserved.allowed()) {
                return "429, at most " + reserved.decision().remaining() + " tokens are left today";
            }
            long used = model.applyAsLong(prompt);
            reserved.commit(used);
            return "200, " + used + " tokens";
        }
    }

    String stream(String customer, LongStream pieces) {
        try (QuotaReservation reserved = tokens.reserve(customer, 4_096).closeCharges(CloseCharges.LAST_REPORTED)) {
            if (!reserved.allowed()) {
                return "429, at most " + reserved.decision().remaining() + " tokens are left today";
            }
            long[] used = {0};
            pieces.forEach(tokensOfPiece -> {
                used[0] += tokensOfPiece;
                reserved.used(used[0]);
            });
            reserved.commit(used[0]);
            return "200, " + used[0] + " tokens";
        }
    }

    String callWhateverTheStoreDoes(String customer) {
        try {
            return call(customer);
        } catch (QuotaUnavailableException e) {
            return e.certainty() == Certainty.NOT_APPLIED ? "503, not counted" : "503, perhaps counted";
        }
    }

    String search() {
        return searches.consume("everybody").allowed() ? "200" : "429, come back tomorrow";
    }

    long tokensLeft(String customer) {
        return tokens.peek(customer).remaining();
    }

    void goodwill(String customer) {
        calls.decrement(customer, 10);
        tokens.reset(customer);
    }

    @Override
    public void close() {
        searches.close();
        tokens.close();
        calls.close();
    }

    private void mail(String customer, String text) {
        mails.add(customer + ": " + text);
    }

    List<String> mails() {
        return mails;
    }
}
