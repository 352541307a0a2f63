package dev.ratelimit.redis;

import java.util.List;

/**
 * An operation as the call of a script.
 *
 * @param script the script
 * @param keys its keys
 * @param values its values
 * @param answers what its answer means
 * @param <O> the type of outcomes
 */
record Request<O>(Script script, List<String> keys, List<String> values, Answers<O> answers) {}
