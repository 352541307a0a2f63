package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.testing.ManualClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The example of handles and idempotency keys does what the guide says. */
class QueuedJobsTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final QueuedJobs jobs = new QueuedJobs(QuotaStores.inMemory(clock), clock);

    @Test
    void aJobIsChargedByTheProcessThatDoesIt() {
        assertThat(jobs.submit("ada", "long")).isEqualTo("202");
        assertThat(jobs.tokensLeft("ada")).isEqualTo(995_904);
        jobs.work(prompt -> 12);
        assertThat(jobs.tokensLeft("ada")).isEqualTo(999_988);
        jobs.submit("ada", "bad");
        assertThatThrownBy(() -> jobs.work(prompt -> {
                    throw new IllegalStateException("the model failed");
                }))
                .hasMessage("the model failed");
        assertThat(jobs.tokensLeft("ada")).isEqualTo(999_988);
    }

    @Test
    void aRequestThatIsRepeatedIsChargedOnce() {
        assertThat(jobs.translate("ada", "request-7")).isEqualTo("200");
        assertThat(jobs.translate("ada", "request-7")).isEqualTo("200");
        assertThat(jobs.tokensLeft("ada")).isEqualTo(999_900);
    }
}
