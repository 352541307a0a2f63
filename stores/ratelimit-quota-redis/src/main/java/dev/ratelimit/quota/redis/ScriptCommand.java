package dev.ratelimit.quota.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A call of a script that knows whether the server may do it.
 *
 * <p>The client encodes a command just before it writes it. So one that was never encoded was never sent, and one that
 * is given up before is sent as a {@code PING} in its place: the answers stay in step, and nothing is counted. An
 * answer that says that the server has not begun (a redirection, no such script) makes it one that was not sent.
 *
 * <p>It is sent once. A client that sends what has no answer again after it has connected again, as Lettuce does by
 * default, sends a {@code PING} too, and the command fails.
 */
final class ScriptCommand extends Command<String, String, List<String>> {

    private static final byte[] PING = "*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What a command says that a client would have sent a second time. */
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

    /** By its digest; the server may answer that it does not know the script. */
    static ScriptCommand byDigest(Request request) {
        return new ScriptCommand(CommandType.EVALSHA, arguments(request.script().digest(), request));
    }

    /** With the text of the script, which the server knows from then on. */
    static ScriptCommand byText(Request request) {
        return new ScriptCommand(CommandType.EVAL, arguments(request.script().text(), request));
    }

    private static CommandArgs<String, String> arguments(String script, Request request) {
        return new CommandArgs<>(StringCodec.UTF8)
                .add(script)
                .add(request.keys().size())
                .addKeys(request.keys())
                .addValues(request.values());
    }

    /** Who is told of what comes of the answer. */
    void tell(AnswerListener whom) {
        ((ScriptOutput) getOutput()).tell(whom);
    }

    /** Sees to it that it is not sent any more; whether it never was. */
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
