package dev.ratelimit.examples.gateway;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.address.AddressKey;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.http.ServiceLimit;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The admission by two limits: the client's own, which its tier sets, and then that of the node as a whole.
 *
 * <p>The client's own limit is asked first. A client that runs amok is stopped there, and takes nothing of what the
 * others share. If the node then refuses, the client gets back what its tier had given, so that a refused request has
 * cost it nothing.
 */
public final class TieredAdmission implements Admission {

    /**
     * A request that waits holds one of the gateway's threads: this many, so that the others are left to those who need
     * not wait. It is one client's worth of silver's maximum delay.
     */
    public static final int MAX_WAITERS = 60;

    private static final long NODE_PER_SECOND = 2500;
    private static final int MAX_API_KEY = 64;
    private static final System.Logger LOG = System.getLogger("gateway");

    private final Limiter<Object> clients;
    private final SingleLimiter node;

    /** Creates the admission with the limits of all tiers, and of the node, at a scale. */
    public TieredAdmission(ApiKeyTable apiKeys, Scale scale, TimeSource time) {
        this(apiKeys, scale, node(scale), time);
    }

    /** Creates the admission with a separate limit for the node. */
    TieredAdmission(ApiKeyTable apiKeys, Rate nodeRate, TimeSource time) {
        this(apiKeys, Scale.FULL, nodeRate, time);
    }

    private TieredAdmission(ApiKeyTable apiKeys, Scale scale, Rate nodeRate, TimeSource time) {
        Policy others = Tier.OTHERS.policy(scale);
        Tiers<Object> tiers = Tiers.<Object>of(
                        key -> key instanceof String apiKey
                                ? apiKeys.tierOf(apiKey).policy(scale)
                                : others,
                        others)
                .onFallback(fallback -> LOG.log(System.Logger.Level.WARNING, "no tier was found: {0}", fallback));
        clients =
                Limiters.builder(tiers).timeSource(time).maxWaiters(MAX_WAITERS).build();
        node = Limiters.single(nodeRate, time);
    }

    /** Returns the rate of the node, at a scale. */
    public static Rate node(Scale scale) {
        return Rate.perSecond(scale.of(NODE_PER_SECOND)).burstWindow(Tier.BURST_WINDOW);
    }

    /**
     * Returns the client that a request is charged to: its API key if that key has a tier, and its address otherwise.
     *
     * <p>A key that nobody was given is no key: otherwise an attacker would get a fresh budget with every key that he
     * makes up. It is the same while the database is down, for keys that were not asked for before.
     */
    @Override
    public Client identify(@Nullable String apiKey, InetAddress address) {
        Tier tier = apiKey == null || apiKey.length() > MAX_API_KEY ? Tier.OTHERS : Tier.of(clients.policy(apiKey));
        return apiKey == null || tier == Tier.OTHERS
                ? new Client(Tier.OTHERS, AddressKey.perClient().of(address))
                : new Client(tier, apiKey);
    }

    @Override
    public Verdict allow(Client client) throws InterruptedException {
        Decision own = inTurn(client);
        if (!own.allowed()) {
            return new Verdict.Refused(Verdict.Limit.TIER, List.of(ofTier(own)));
        }
        Decision shared = node.decide();
        if (!shared.allowed()) {
            clients.refund(client.key(), 1);
            own = clients.peek(client.key());
            return new Verdict.Refused(Verdict.Limit.NODE, List.of(ofTier(own), ServiceLimit.of("node", shared)));
        }
        // What the node has left is nobody's business as long as it allows.
        return new Verdict.Allowed(List.of(ofTier(own)), own.delayNanos());
    }

    /** As {@code acquire}, which says no more than yes or no. */
    private Decision inTurn(Client client) throws InterruptedException {
        CompletableFuture<Decision> turn = clients.acquireAsync(client.key()).toCompletableFuture();
        try {
            return turn.get();
        } catch (InterruptedException e) {
            turn.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a limiter refuses by a decision", e);
        }
    }

    private static ServiceLimit ofTier(Decision decision) {
        return ServiceLimit.of(decision.policy(), decision);
    }

    /** Returns the permits that a client has left. */
    long remaining(Client client) {
        return clients.peek(client.key()).remaining();
    }
}
