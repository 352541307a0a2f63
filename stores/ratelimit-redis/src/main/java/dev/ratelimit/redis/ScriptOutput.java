package dev.ratelimit.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answer of a script: texts, or an error, which may say that the server has not run the script. */
final class ScriptOutput extends CommandOutput<String, String, List<String>> {

    private AnswerListener listener = AnswerListener.NOBODY;
    private Runnable whenRefused = () -> {};

    ScriptOutput() {
        super(StringCodec.UTF8, new ArrayList<>());
    }

    /** Sets the listener of the answer, which is called even after the caller has left. */
    void tell(AnswerListener whom) {
        listener = whom;
    }

    /** Sets the action for an answer that the server has not run the script. It runs before the error is reported. */
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
