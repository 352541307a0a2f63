package dev.ratelimit.quota.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a script answered: texts; or an error, which may say that the server has not begun. */
final class ScriptOutput extends CommandOutput<String, String, List<String>> {

    private AnswerListener listener = AnswerListener.NOBODY;
    private Runnable whenRefused = () -> {};

    ScriptOutput() {
        super(StringCodec.UTF8, new ArrayList<>());
    }

    /** Who is told of what comes, also after the caller has left. */
    void tell(AnswerListener whom) {
        listener = whom;
    }

    /** What to do when the server says that it has not begun; before anybody hears of the error. */
    void whenRefused(Runnable action) {
        whenRefused = action;
    }

    @Override
    public void set(ByteBuffer bytes) {
        listener.heard();
        output.add(StandardCharsets.US_ASCII.decode(bytes).toString());
    }

    @Override
    public void multi(int count) {
        // The texts come one by one, or there are none.
        listener.heard();
    }

    @Override
    public void setError(ByteBuffer error) {
        listener.heard();
        super.setError(error);
        if (Refusals.isRefusal(getError())) {
            whenRefused.run();
        }
        if (Refusals.mayBeTheWrongServer(getError())) {
            listener.wrongServer();
        }
    }
}
