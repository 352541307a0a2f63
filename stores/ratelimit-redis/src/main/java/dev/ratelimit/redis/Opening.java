package dev.ratelimit.redis;

import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.function.Function;

/** The opening of a store: connects, and checks what the store needs. */
final class Opening {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Opening() {}

    /** Returns the store of a link that works. Otherwise closes the link. */
    static <S> S open(Target target, Trial<?> trial, boolean noEvictionAssumed, Function<Link, S> store) {
        Link link = connected(target);
        try {
            new StartCheck(trial, noEvictionAssumed).check(link, PATIENCE);
            return store.apply(link);
        } catch (RedisException e) {
            link.close();
            throw StartTrouble.unreachable(target.server(e), e);
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
    }

    private static Link connected(Target target) {
        try {
            return target.connect();
        } catch (RedisException e) {
            throw StartTrouble.unreachable(target.server(e), e);
        }
    }
}
