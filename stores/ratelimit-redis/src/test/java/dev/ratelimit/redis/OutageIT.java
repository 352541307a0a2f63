package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testservers.OutageScenario;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that is cut off, silent, frozen or killed: what callers get under each choice, how soon, and what is counted. */
@Timeout(120)
class OutageIT {

    private final OutageScenario scenario = new OutageScenario(Duration.ofMillis(100), this::seeBeside);
    private RedisServer server;
    private TcpProxy proxy;
    private QuotaStore store;

    @BeforeEach
    void start() {
        server = RedisServer.startDurable();
        proxy = TcpProxy.to(server.port());
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", proxy.port()));
        OutageScenario.warmUp(store);
    }

    @AfterEach
    void stop() {
        store.close();
        proxy.close();
        server.close();
    }

    /** How the server goes away, and comes back. */
    enum Outage {
        CUT {
            @Override
            void begin(OutageIT it) {
                it.proxy.cut();
            }

            @Override
            void end(OutageIT it) {
                it.proxy.forward();
            }
        },
        SILENT {
            @Override
            void begin(OutageIT it) {
                it.proxy.blackHole();
            }

            @Override
            void end(OutageIT it) {
                it.proxy.forward();
            }
        },
        FROZEN {
            @Override
            void begin(OutageIT it) throws Exception {
                it.pid = it.processId();
                signal("-STOP", it.pid);
            }

            @Override
            void end(OutageIT it) throws Exception {
                signal("-CONT", it.pid);
            }
        },
        KILLED {
            @Override
            void begin(OutageIT it) {
                it.server.kill();
            }

            @Override
            void end(OutageIT it) {
                it.server.restart();
            }
        };

        abstract void begin(OutageIT it) throws Exception;

        abstract void end(OutageIT it) throws Exception;
    }

    private String pid = "";

    private String processId() {
        Matcher found = Pattern.compile("process_id:(\\d+)").matcher(server.call("INFO", "server"));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static void signal(String signal, String pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, pid).start().waitFor()).isZero();
    }

    private RedisURI uri() {
        return RedisURI.create("127.0.0.1", server.port());
    }

    private long seeBeside(ToLongFunction<QuotaStore> look) {
        try (QuotaStore straight = RedisQuotaStore.connect(uri())) {
            return look.applyAsLong(straight);
        }
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void each_choice_admits_what_it_says_and_counts_it_in_the_end(Outage outage) throws Exception {
        scenario.eachChoiceAdmitsWhatItSays(store, () -> outage.begin(this), () -> outage.end(this));
    }

    @Test
    void an_application_starts_while_the_server_is_down() throws Exception {
        server.kill();
        scenario.anApplicationStartsWhileTheServerIsDown(() -> RedisQuotaStore.connect(uri()), server::restart);
    }
}
