package dev.ratelimit.examples.gateway;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that is still coming, which is closed when its time is over, whether it is read or not: the
 * HTTP client's own timeout covers the head only.
 */
final class TimedBody extends FilterInputStream {

    private volatile @Nullable Future<?> end;
    private volatile boolean overdue;

    private TimedBody(InputStream body) {
        super(body);
    }

    /** Returns a body that has so much time from now on. */
    static TimedBody of(InputStream body, ScheduledExecutorService clock, Duration time) {
        TimedBody timed = new TimedBody(body);
        timed.end = clock.schedule(timed::giveUp, time.toMillis(), TimeUnit.MILLISECONDS);
        return timed;
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    private IOException explained(IOException failure) {
        return overdue ? new HttpTimeoutException("the body took too long") : failure;
    }

    @Override
    public void close() throws IOException {
        Future<?> planned = end;
        if (planned != null) {
            planned.cancel(false);
        }
        super.close();
    }

    private void giveUp() {
        overdue = true;
        try {
            super.close();
        } catch (IOException e) {
            // It is given up already; its reader learns so from the read.
        }
    }
}
