package dev.ratelimit.examples.lab;

import dev.ratelimit.TimeSource;
import dev.ratelimit.examples.gateway.Admission;
import dev.ratelimit.examples.gateway.ApiKeyTable;
import dev.ratelimit.examples.gateway.Caching;
import dev.ratelimit.examples.gateway.Gateway;
import dev.ratelimit.examples.gateway.MeteredAdmission;
import dev.ratelimit.examples.gateway.Scale;
import dev.ratelimit.examples.gateway.TieredAdmission;
import java.io.IOException;
import java.time.Duration;

/**
 * A gateway for one run, with nothing used of any limit, and what belongs to it.
 *
 * @param quotas what counts quotas
 * @param apiKeys the tiers of API keys
 * @param admission the limits
 * @param gateway the gateway
 */
record Stage(FreshQuotas quotas, ApiKeyTable apiKeys, MeteredAdmission admission, Gateway gateway)
        implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Limits that no machine reaches: every request takes the whole way to the backend. */
    private static final Scale UNLIMITED = new Scale(1_000_000);

    /** Opens a gateway with limits of a scale; a minute of its quotas begins now. */
    static Stage limited(int port, Backend backend, Scale scale) throws IOException {
        return open(port, backend, scale);
    }

    /** Opens a gateway whose limits nobody reaches. */
    static Stage unlimited(int port, Backend backend) throws IOException {
        return open(port, backend, UNLIMITED);
    }

    private static Stage open(int port, Backend backend, Scale scale) throws IOException {
        FreshQuotas quotas = FreshQuotas.open();
        ApiKeyTable apiKeys = ApiKeyTable.demonstration();
        RunClock clock = new RunClock();
        clock.beginMinute();
        Admission limits = new TieredAdmission(apiKeys, scale, TimeSource.system());
        MeteredAdmission admission = new MeteredAdmission(limits, scale, quotas.store(), clock);
        try {
            Gateway gateway = Gateway.start(
                    new Gateway.Setup(port, backend.uri(), admission, true, PATIENCE, Caching.HITS_ARE_FREE));
            return new Stage(quotas, apiKeys, admission, gateway);
        } catch (IOException e) {
            close(quotas, apiKeys, admission);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        close(quotas, apiKeys, admission);
    }

    private static void close(FreshQuotas quotas, ApiKeyTable apiKeys, MeteredAdmission admission) throws IOException {
        admission.close();
        apiKeys.close();
        quotas.close();
    }
}
