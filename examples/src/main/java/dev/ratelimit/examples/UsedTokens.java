package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.util.function.Function;

/** A limit on the tokens of a language model, of which an answer says afterwards how many it took. */
final class UsedTokens {

    record Answer(String text, long tokens) {}

    private final Limiter<String> tokens;
    private final Function<String, Answer> model;

    UsedTokens(Function<String, Answer> model, TimeSource time) {
        this.model = model;
        tokens = Limiters.builder(Rate.perMinute(10_000)).timeSource(time).build();
    }

    String ask(String customer, String question) {
        if (!tokens.peek(customer).allowed()) return "429, come back in " + secondsUntil(customer) + " s";
        Answer answer = model.apply(question);
        tokens.charge(customer, answer.tokens());
        return answer.text();
    }

    private long secondsUntil(String customer) {
        return tokens.peek(customer).retryAfterSeconds().orElseThrow();
    }
}
