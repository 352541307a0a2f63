package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that takes too long is given up, however little it sends or reads at a time. */
class ClientStreamTest {

    private static final Duration TIME = Duration.ofSeconds(20);

    private final ManualTime time = new ManualTime();

    @Test
    void whatComesInTimeIsReadAndWhatComesLaterIsNot() throws IOException {
        InputStream slow = new ByteArrayInputStream(new byte[100]) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                if (length > 0) {
                    time.advance(Duration.ofSeconds(1));
                }
                return super.read(target, offset, Math.min(1, length));
            }
        };
        InputStream in = ClientStream.from(slow, TIME, time);
        assertThat(in.readNBytes(20)).hasSize(20);
        assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("too long");
        assertThat(slow.available()).isEqualTo(79);
        assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsReadSlowlyIsNotWrittenForEver() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                read.write(b);
            }

            @Override
            public void write(byte[] source, int offset, int length) {
                time.advance(Duration.ofSeconds(1));
                read.write(source, offset, length);
            }
        };
        OutputStream out = ClientStream.to(slow, TIME, time);
        out.write(new byte[10 * 16_384]);
        assertThat(read.size()).isEqualTo(10 * 16_384);
        assertThatThrownBy(() -> out.write(new byte[1_000_000])).isInstanceOf(IOException.class);
        assertThat(read.size()).isEqualTo(21 * 16_384);
    }
}
