package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Concurrent requests to several limits, in every order of the steps by which they take and give back. In each of them
 *
 * <ul>
 *   <li>each limit has in the end given exactly the permits of the requests that were allowed;
 *   <li>each refusal was right, or what was missing was held by a request that gave it back afterwards;
 *   <li>where one was not right, another one was.
 * </ul>
 */
class AllOfInterleavingsTest {

    /** A request by a user of a tenant, for some permits. */
    private record Request(String user, String tenant, long permits) {}

    private enum Kind {
        TAKEN,
        REFUSED,
        GIVEN_BACK
    }

    /** What a request did at a limit. */
    private record Event(int limit, Request request, Kind kind) {}

    /** More than is ever left, so that what is given back too much can be seen. */
    private static final long CAPACITY = 4;

    private static final List<String> KEYS = List.of("node", "t", "a", "b");

    /** A limiter that lets others go before each of its steps, and remembers them. */
    private record Watched(int index, Limit<String> limiter, Function<Request, String> keyOf, List<Event> events)
            implements Limit<Request> {

        @Override
        public boolean tryAcquire(Request request, long permits) {
            Interleavings.step();
            return asked(request, limiter.tryAcquire(keyOf.apply(request), permits));
        }

        @Override
        public Decision decide(Request request, long permits) {
            Interleavings.step();
            Decision decision = limiter.decide(keyOf.apply(request), permits);
            asked(request, decision.allowed());
            return decision;
        }

        @Override
        public Decision peek(Request request, long permits) {
            Interleavings.step();
            return limiter.peek(keyOf.apply(request), permits);
        }

        @Override
        public void refund(Request request, long permits) {
            Interleavings.step();
            limiter.refund(keyOf.apply(request), permits);
            events.add(new Event(index, request, Kind.GIVEN_BACK));
        }

        @Override
        public long charge(Request request, long permits) {
            Interleavings.step();
            return limiter.charge(keyOf.apply(request), permits);
        }

        private boolean asked(Request request, boolean taken) {
            events.add(new Event(index, request, taken ? Kind.TAKEN : Kind.REFUSED));
            return taken;
        }
    }

    /** Requests to a node's, a tenant's and a user's limit, each of which has the given number of permits left. */
    private static final class Race implements Interleavings.Scenario {

        private final List<Event> events = new ArrayList<>();
        private final List<Watched> limits = new ArrayList<>();
        private final List<Long> left;
        private final List<Request> requests;
        private final Map<Integer, Boolean> answers = new TreeMap<>();
        private final Limit<Request> all;
        private final boolean decides;
        private final int[] refusals;

        Race(
                List<Limiter<String>> limiters,
                List<Long> left,
                List<Request> requests,
                boolean decides,
                Fault fault,
                int[] refusals) {
            this.left = left;
            this.requests = requests;
            this.decides = decides;
            this.refusals = refusals;
            List<Function<Request, String>> keys = left.size() == 2
                    ? List.of(request -> "node", Request::user)
                    : List.of(request -> "node", Request::tenant, Request::user);
            for (int i = 0; i < left.size(); i++) {
                Limiter<String> limiter = limiters.get(i);
                limits.add(new Watched(i, limiter, keys.get(i), events));
                for (String key : KEYS) {
                    limiter.reset(key);
                    if (left.get(i) < CAPACITY) {
                        limiter.tryAcquire(key, CAPACITY - left.get(i));
                    }
                }
            }
            List<Limit<Request>> specificFirst = new ArrayList<>(limits);
            Collections.reverse(specificFirst);
            all = fault == Fault.NONE ? AllOf.of(List.copyOf(specificFirst)) : new BrokenAll<>(specificFirst, fault);
        }

        @Override
        public List<Runnable> tasks() {
            return IntStream.range(0, requests.size())
                    .<Runnable>mapToObj(i -> () -> answers.put(i, allows(requests.get(i))))
                    .toList();
        }

        private boolean allows(Request request) {
            return decides
                    ? all.decide(request, request.permits()).allowed()
                    : all.tryAcquire(request, request.permits());
        }

        @Override
        public void check() {
            for (Watched limit : limits) {
                for (String key : KEYS) {
                    assertThat(limit.limiter().peek(key, 1).remaining())
                            .as("left of %s at limit %s after %s", key, limit.index(), events)
                            .isEqualTo(left.get(limit.index()) - allowed(limit, key));
                }
            }
            int wrong = 0;
            int right = 0;
            for (int at = 0; at < events.size(); at++) {
                if (events.get(at).kind() == Kind.REFUSED) {
                    long spare = spare(at);
                    assertThat(spare)
                            .as("refusal %s of %s, by what was given back later", at, events)
                            .isLessThanOrEqualTo(held(at, false) - held(at, true));
                    right += spare <= 0 ? 1 : 0;
                    wrong += spare <= 0 ? 0 : 1;
                }
            }
            assertThat(right).as("right refusals in %s", events).isGreaterThanOrEqualTo(Math.min(1, wrong));
            refusals[0] += right;
            refusals[1] += wrong;
        }

        private long allowed(Watched limit, String key) {
            return answers.entrySet().stream()
                    .filter(Map.Entry::getValue)
                    .map(answer -> requests.get(answer.getKey()))
                    .filter(request -> limit.keyOf().apply(request).equals(key))
                    .mapToLong(Request::permits)
                    .sum();
        }

        /** How many permits fewer would have made a refusal right; none if it was. */
        private long spare(int at) {
            Event refusal = events.get(at);
            return left.get(refusal.limit())
                    - held(at, true)
                    - refusal.request().permits()
                    + 1;
        }

        /** The permits that others held of a key at an event; only those that they kept, if it is so asked. */
        private long held(int at, boolean kept) {
            Event refusal = events.get(at);
            Watched limit = limits.get(refusal.limit());
            String key = limit.keyOf().apply(refusal.request());
            long held = 0;
            for (int i = 0; i < (kept ? events.size() : at); i++) {
                Event event = events.get(i);
                if (event.limit() == limit.index()
                        && limit.keyOf().apply(event.request()).equals(key)) {
                    boolean taken = event.kind() == Kind.TAKEN && i < at;
                    boolean back = event.kind() == Kind.GIVEN_BACK && tookBefore(event.request(), limit, at);
                    held += (taken ? 1 : back ? -1 : 0) * event.request().permits();
                }
            }
            return held;
        }

        @SuppressWarnings("ReferenceEquality") // equal requests are different ones
        private boolean tookBefore(Request request, Watched limit, int at) {
            return events.subList(0, at).stream()
                    .anyMatch(event ->
                            event.request() == request && event.limit() == limit.index() && event.kind() == Kind.TAKEN);
        }
    }

    private static final List<Request> THREE =
            List.of(new Request("a", "t", 1), new Request("a", "t", 1), new Request("b", "t", 1));

    private static final List<Request> OF_TWO =
            List.of(new Request("a", "t", 2), new Request("a", "t", 1), new Request("b", "t", 1));

    private static final List<Request> TWO = List.of(new Request("a", "t", 2), new Request("b", "t", 1));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noOrderIsWrong(boolean decides) {
        int[] refusals = new int[2];
        int orders = 0;
        for (long node = 0; node <= 2; node++) {
            for (long user = 0; user <= 2; user++) {
                orders += orders(List.of(node, user), THREE, decides, Fault.NONE, refusals);
                orders += orders(List.of(node, user), OF_TWO, decides, Fault.NONE, refusals);
            }
        }
        for (long node = 0; node <= 1; node++) {
            for (long tenant = 1; tenant <= 2; tenant++) {
                orders += orders(List.of(node, tenant, 2L), TWO, decides, Fault.NONE, refusals);
            }
        }
        assertThat(orders).as("orders").isGreaterThan(1_000);
        assertThat(refusals[0]).as("right refusals").isPositive();
        assertThat(refusals[1]).as("refusals while something was given back").isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"KEEPS", "GIVES_BACK_TWICE", "GIVES_BACK_TOO_FAR", "ONLY_LOOKS"})
    void twinsAreCaught(Fault fault) {
        assertThatThrownBy(() -> orders(List.of(1L, 2L), THREE, false, fault, new int[2]))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("left of");
    }

    /** A user over its limit, asked last, takes the node's last permit for a moment, and another is refused for it. */
    @Test
    void aTwinThatAsksTheGeneralLimitFirstIsCaught() {
        List<Request> requests = List.of(new Request("a", "t", 2), new Request("b", "t", 1));
        int[] refusals = new int[2];
        orders(List.of(2L, 1L), requests, false, Fault.NONE, refusals);
        assertThat(refusals[1]).isZero();
        orders(List.of(2L, 1L), requests, false, Fault.GENERAL_FIRST, refusals);
        assertThat(refusals[1]).isPositive();
    }

    private static int orders(List<Long> left, List<Request> requests, boolean decides, Fault fault, int[] refusals) {
        // Made once for all orders, because making one costs more than a run; each run resets all keys first.
        List<Limiter<String>> limiters = IntStream.range(0, left.size())
                .<Limiter<String>>mapToObj(i -> Limiters.builder(
                                Policy.of("limit " + i, Rate.perDay(1).burst(CAPACITY)))
                        .maxKeys(100)
                        .timeSource(() -> 0)
                        .build())
                .toList();
        return Interleavings.runAll(() -> new Race(limiters, left, requests, decides, fault, refusals));
    }
}
