package dev.ratelimit.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A call of a script that knows whether the server may have run it.
 *
 * <p>The client encodes a command just before it writes it. So a command that was never encoded was never sent. A
 * command that is given up before that is encoded as a {@code PING}: the answers stay in step, and nothing is counted.
 * If the server answers that it has not run the script (a redirection, no such script), the command counts as not sent.
 *
 * <p>It is sent once. Some clients, such as Lettuce by default, send unanswered commands again after a reconnect. This
 * command is then encoded as a {@code PING}, too, and fails.
 */
final class ScriptCommand extends Command<String, String, List<String>> {

    private static final byte[] PING = "*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The message of a command that a client would have sent a second time. */
    private static final String LOST = "the connection was lost before the answer came";

    private enum State {
        NOT_SENT,
        SENT,
        GIVEN_UP
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.NOT_SENT);

    private ScriptCommand(CommandType type, CommandArgs<String, String> args) {
        super(type, new ScriptOutput(), args);
        ((ScriptOutput) getOutput()).whenRefused(() -> state.compareAndSet(State.SENT, State.NOT_SENT));
    }

    /** Returns a call by digest. The server may answer that it does not know the script. */
    static ScriptCommand byDigest(Request<?> request) {
        return new ScriptCommand(CommandType.EVALSHA, arguments(request.script().digest(), request));
    }

    /** Returns a call with the text of the script, which the server then knows. */
    static ScriptCommand byText(Request<?> request) {
        return new ScriptCommand(CommandType.EVAL, arguments(request.script().text(), request));
    }

    private static CommandArgs<String, String> arguments(String script, Request<?> request) {
        return new CommandArgs<>(StringCodec.UTF8)
                .add(script)
                .add(request.keys().size())
                .addKeys(request.keys())
                .addValues(request.values());
    }

    /** Sets the listener of the answer. */
    void tell(AnswerListener whom) {
        ((ScriptOutput) getOutput()).tell(whom);
    }

    /** Prevents the command from being sent; returns whether it was never sent. */
    boolean giveUp() {
        return state.compareAndSet(State.NOT_SENT, State.GIVEN_UP) || state.get() == State.GIVEN_UP;
    }

    @Override
    public void encode(ByteBuf buffer) {
        if (state.compareAndSet(State.NOT_SENT, State.SENT)) {
            super.encode(buffer);
            return;
        }
        if (state.get() == State.SENT) {
            getOutput().setError(LOST);
        }
        buffer.writeBytes(PING);
    }
}
