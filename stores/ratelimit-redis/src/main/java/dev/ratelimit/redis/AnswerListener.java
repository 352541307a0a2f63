package dev.ratelimit.redis;

/** A listener of answers. It is called on the client's thread, and must not block. */
interface AnswerListener {

    /** A listener that does nothing. */
    AnswerListener NOBODY = new AnswerListener() {
        @Override
        public void heard() {}

        @Override
        public void wrongServer() {}
    };

    /** An answer has arrived. */
    void heard();

    /** The answer says that the connection may lead to the wrong server, as after a failover. */
    void wrongServer();
}
