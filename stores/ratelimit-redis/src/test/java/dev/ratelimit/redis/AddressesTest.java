package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What messages call a server, and what they say of why it cannot be reached. */
class AddressesTest {

    @Test
    void a_server_has_host_and_port_and_no_password() {
        assertThat(Addresses.ofServer(RedisURI.create("redis://app:secret@cache.example:6380/3")))
                .isEqualTo("the Redis server at cache.example:6380");
        assertThat(Addresses.ofServer(RedisURI.create("redis-socket:///run/redis.sock")))
                .isEqualTo("the Redis server at /run/redis.sock");
    }

    @Test
    void sentinels_have_the_name_of_their_master() {
        assertThat(Addresses.ofServer(RedisURI.create("redis-sentinel://secret@a:26379,b:26380/0#counters")))
                .isEqualTo("the Redis master \"counters\" of the Sentinels at a:26379, b:26380");
    }

    @Test
    void a_cluster_has_the_nodes_that_were_named() {
        assertThat(Addresses.ofCluster(List.of(RedisURI.create("redis://secret@a:1"), RedisURI.create("redis://b:2"))))
                .isEqualTo("the Redis cluster at a:1, b:2");
    }

    @Test
    void reasons_say_what_to_look_at() {
        assertThat(message(new ConnectException())).contains("nothing listens there");
        assertThat(message(new UnknownHostException())).contains("the host is not known");
        assertThat(message(new SSLHandshakeException("no"))).contains("TLS failed");
        assertThat(message(new TimeoutException())).contains("no answer in time");
        assertThat(message(new IllegalStateException())).contains("host, port and TLS are right");
    }

    @Test
    void what_a_client_says_is_told_without_the_password() {
        assertThat(Addresses.toldBy(new RuntimeException(
                        new RedisConnectionException("Cannot connect to redis://app:se@cret@a:1, redis://:x@b:2"))))
                .isEqualTo(" (Cannot connect to redis://a:1, redis://b:2)");
        assertThat(Addresses.toldBy(new IllegalStateException("x"))).isEmpty();
    }

    private static String message(Exception cause) {
        return String.valueOf(
                StartTrouble.unreachable("it", new RuntimeException(cause)).getMessage());
    }
}
