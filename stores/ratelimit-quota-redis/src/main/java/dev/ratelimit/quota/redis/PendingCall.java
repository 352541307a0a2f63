package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.QuotaStoreException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A request in progress, and its outcome. */
final class PendingCall {

    private final Request request;
    private ScriptCommand command;
    private AsyncCommand<String, String, List<String>> answer;

    private PendingCall(Request request, ScriptCommand command) {
        this.request = request;
        this.command = command;
        this.answer = new AsyncCommand<>(command);
    }

    static PendingCall byDigest(Request request) {
        return new PendingCall(request, ScriptCommand.byDigest(request));
    }

    static PendingCall byText(Request request) {
        return new PendingCall(request, ScriptCommand.byText(request));
    }

    /** Returns the command, which completes with the answer. */
    AsyncCommand<String, String, List<String>> answer() {
        return answer;
    }

    /** Sets the listener of the answer, which is called even after the caller has left. */
    void tell(AnswerListener whom) {
        command.tell(whom);
    }

    /** Whether the server does not know the script, so that it has to be sent again with its text. */
    boolean lacksScript() {
        return failure() instanceof RedisCommandExecutionException refused
                && Refusals.code(String.valueOf(refused.getMessage())).equals(Refusals.NO_SCRIPT);
    }

    void sendTextInstead() {
        command = ScriptCommand.byText(request);
        answer = new AsyncCommand<>(command);
    }

    /** Returns the raw answer; empty if there is none yet. */
    Optional<List<String>> texts() {
        return hasSucceeded() ? Optional.of(answer.join()) : Optional.empty();
    }

    /** Returns the outcome so far. A call without an answer is given up. */
    Outcome outcome() {
        if (!hasSucceeded() && command.giveUp()) {
            return failed(Certainty.NOT_APPLIED, "nothing was counted");
        }
        if (!hasSucceeded()) {
            return failed(Certainty.INDETERMINATE, "it may have been counted");
        }
        return request.outcome(answer.join());
    }

    private Failed failed(Certainty certainty, String consequence) {
        Throwable failure = failure();
        answer.cancel();
        String what =
                failure == null ? "Redis did not answer by the deadline" : "Redis failed: " + failure.getMessage();
        return new Failed(certainty, new QuotaStoreException(certainty, what + "; " + consequence, failure));
    }

    private boolean hasSucceeded() {
        return answer.isDone() && !answer.isCompletedExceptionally();
    }

    private @Nullable Throwable failure() {
        if (!answer.isCompletedExceptionally()) {
            return null;
        }
        try {
            answer.join();
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        } catch (RuntimeException e) {
            return e;
        }
    }
}
