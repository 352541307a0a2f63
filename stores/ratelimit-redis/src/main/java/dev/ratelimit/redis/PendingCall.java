package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A request in progress, and its outcome.
 *
 * @param <O> the type of outcomes
 */
final class PendingCall<O> {

    private final Request<O> request;
    private ScriptCommand command;
    private AsyncCommand<String, String, List<String>> answer;

    private PendingCall(Request<O> request, ScriptCommand command) {
        this.request = request;
        this.command = command;
        this.answer = new AsyncCommand<>(command);
    }

    static <O> PendingCall<O> byDigest(Request<O> request) {
        return new PendingCall<>(request, ScriptCommand.byDigest(request));
    }

    static <O> PendingCall<O> byText(Request<O> request) {
        return new PendingCall<>(request, ScriptCommand.byText(request));
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

    /** Returns the outcome so far. A call without an answer is given up. */
    O outcome() {
        Optional<StoreException> failed = failed();
        return failed.isPresent()
                ? request.answers().failed(failed.get())
                : request.answers().outcome(answer.join());
    }

    /** Returns why there is no answer; empty if there is one. A call without an answer is given up. */
    Optional<StoreException> failed() {
        if (!hasSucceeded() && command.giveUp()) {
            return Optional.of(failed(Certainty.NOT_APPLIED, "nothing was changed"));
        }
        return hasSucceeded()
                ? Optional.empty()
                : Optional.of(failed(Certainty.INDETERMINATE, "it may have been applied"));
    }

    private StoreException failed(Certainty certainty, String consequence) {
        Throwable failure = failure();
        answer.cancel();
        String what =
                failure == null ? "Redis did not answer by the deadline" : "Redis failed: " + failure.getMessage();
        return new StoreException(certainty, what + "; " + consequence, failure);
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
