package dev.ratelimit.redis;

import dev.ratelimit.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the start of a store checks: what it keeps, the rights for that, and the calls that a {@link Probe} tries.
 *
 * @param <O> the type of outcomes
 */
interface Trial<O> {

    /** The class of the store, which is its logger's name. */
    Class<?> store();

    /** What the store keeps, for messages: a plural. */
    String kept();

    /** The names of its keys. */
    Keys names();

    /** The rights for the commands that the store and its scripts call. */
    String rights();

    /** Returns calls with keys that no request uses, all of them of one server. */
    Calls<O> calls(Predicate<String> holds);

    /**
     * The calls with some keys.
     *
     * @param commands a call that tries each command of the scripts separately, and removes the keys
     * @param operations returns a new call of each kind of operation
     * @param <O> the type of outcomes
     */
    record Calls<O>(Request<Optional<Refusal>> commands, Supplier<List<Request<O>>> operations) {

        static <O> Calls<O> of(Script commands, List<String> keys, Supplier<List<Request<O>>> operations) {
            return new Calls<>(new Request<>(commands, keys, List.of(), new Refused()), operations);
        }
    }

    /**
     * A command that a server refuses.
     *
     * @param what the command or the call
     * @param error its answer
     */
    record Refusal(String what, String error) {}

    /** The answers of scripts that try commands: each command that the server refuses, and its error. */
    record Refused() implements Answers<Optional<Refusal>> {

        @Override
        public Optional<Refusal> outcome(List<String> answer) {
            return answer.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Refusal(answer.get(0) + " in scripts", answer.get(1)));
        }

        @Override
        public Optional<Refusal> failed(StoreException failure) {
            throw failure;
        }
    }
}
