package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.LettuceVersion;
import io.netty.util.Version;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The tests run with the version of the client that the build says, and not with another that it brought along. */
class LettuceVersionIT {

    @Test
    @EnabledIfSystemProperty(named = "ratelimit.lettuce", matches = ".+")
    void the_client_is_the_one_that_is_to_be_tested() {
        String version = System.getProperty("ratelimit.lettuce");
        assertThat(LettuceVersion.getVersion()).startsWith(version);
        String netty = version.startsWith("6") ? "4.1." : "4.2.";
        Version common = Objects.requireNonNull(Version.identify().get("netty-common"));
        assertThat(common.artifactVersion()).startsWith(netty);
    }
}
