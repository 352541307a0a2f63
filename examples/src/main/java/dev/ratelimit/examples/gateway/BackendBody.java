package dev.ratelimit.examples.gateway;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The body of an answer that is still arriving; throws {@link SocketTimeoutException} if that takes too long. */
final class BackendBody extends FilterInputStream {

    BackendBody(InputStream body) {
        super(body);
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

    /** Returns what a failure of the client means, as an exception that callers expect. */
    static IOException explained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return late(failure);
            }
        }
        return failure instanceof IOException e ? e : new IOException(failure);
    }

    private static SocketTimeoutException late(@Nullable Throwable cause) {
        SocketTimeoutException late = new SocketTimeoutException("the backend took too long");
        late.initCause(cause);
        return late;
    }
}
