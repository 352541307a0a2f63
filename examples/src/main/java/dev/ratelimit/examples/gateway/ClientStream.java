package dev.ratelimit.examples.gateway;

import dev.ratelimit.TimeSource;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Streams from and to a client, which fail once that has taken too long in all: a client that sends or reads a byte
 * at a time must not hold a thread for ever.
 */
final class ClientStream {

    /** Bytes that are written between two looks at the time. */
    private static final int PIECE = 16_384;

    private ClientStream() {}

    /** Returns a stream from the client, to be read within a time from now on. */
    static InputStream from(InputStream content, Duration time, TimeSource timeSource) {
        Limit limit = new Limit(timeSource, timeSource.nanos(), time.toNanos());
        return new FilterInputStream(content) {
            @Override
            public int read() throws IOException {
                limit.check();
                return super.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                limit.check();
                return super.read(target, offset, length);
            }
        };
    }

    /** Returns a stream to the client, to be written within a time from now on. */
    static OutputStream to(OutputStream content, Duration time, TimeSource timeSource) {
        Limit limit = new Limit(timeSource, timeSource.nanos(), time.toNanos());
        return new FilterOutputStream(content) {
            @Override
            public void write(int b) throws IOException {
                limit.check();
                out.write(b);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                for (int at = 0; at < length; at += PIECE) {
                    limit.check();
                    out.write(source, offset + at, Math.min(PIECE, length - at));
                }
            }
        };
    }

    private record Limit(TimeSource timeSource, long start, long nanos) {

        void check() throws IOException {
            if (timeSource.nanos() - start > nanos) {
                throw new IOException("the client takes too long");
            }
        }
    }
}
