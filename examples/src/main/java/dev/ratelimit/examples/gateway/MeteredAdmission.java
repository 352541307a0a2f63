package dev.ratelimit.examples.gateway;

import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.service.QuotasBuilder;
import dev.ratelimit.quota.spi.QuotaStore;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The admission by other limits, and then by the quotas that a client's tier has.
 *
 * <p>Only keys of such a tier are counted, so that a made-up key costs no place in the store. What went on to the
 * backend stays counted, whatever becomes of it there.
 */
public final class MeteredAdmission implements Admission, AutoCloseable {

    /** Above the pauses of a busy machine, and below the patience of clients. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final Admission limits;
    private final Map<Tier, QuotaService> quotas = new EnumMap<>(Tier.class);

    /**
     * Creates an admission.
     *
     * @param limits what allows before a quota is asked
     * @param store where quotas are counted; stays open
     * @param clock what says which minute and month it is
     */
    public MeteredAdmission(Admission limits, QuotaStore store, InstantSource clock) {
        this(limits, Scale.FULL, store, clock);
    }

    /**
     * Creates an admission whose quotas have a scale.
     *
     * @param limits what allows before a quota is asked
     * @param scale the scale of the quotas
     * @param store where quotas are counted; stays open
     * @param clock what says which minute and month it is
     */
    public MeteredAdmission(Admission limits, Scale scale, QuotaStore store, InstantSource clock) {
        this.limits = limits;
        for (Tier tier : Tier.values()) {
            if (!tier.quotas(scale).isEmpty()) {
                QuotasBuilder builder = Quotas.builder(store).clock(clock).deadline(DEADLINE);
                tier.quotas(scale).forEach(builder::quota);
                quotas.put(tier, builder.build());
            }
        }
    }

    @Override
    public Client identify(@Nullable String apiKey, InetAddress address) {
        return limits.identify(apiKey, address);
    }

    @Override
    public Verdict allow(Client client) throws InterruptedException {
        return limits.allow(client);
    }

    @Override
    public Verdict charge(Client client, Verdict.Allowed allowed) {
        QuotaService ofTier = quotas.get(client.tier());
        if (ofTier == null) {
            return allowed;
        }
        QuotaDecision decision = ofTier.consume(client.key().toString());
        if (decision.allowed()) {
            return new Verdict.Allowed(allowed.limits(), allowed.waitedNanos(), QuotaFields.of(decision));
        }
        List<ServiceLimit> told = new ArrayList<>(allowed.limits());
        told.addAll(ServiceLimit.each(decision));
        return new Verdict.Refused(Verdict.Limit.QUOTA, told);
    }

    /** Ends the quota services; the store stays open. */
    @Override
    public void close() {
        quotas.values().forEach(QuotaService::close);
    }
}
