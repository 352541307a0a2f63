package dev.ratelimit.quota.redis;

/** Is told of answers as they come, on the client's thread; must not block. */
interface AnswerListener {

    /** For calls that nobody needs to know more of. */
    AnswerListener NOBODY = new AnswerListener() {
        @Override
        public void heard() {}

        @Override
        public void wrongServer() {}
    };

    /** Something has come. */
    void heard();

    /** The answer says that the connection may lead to the wrong server, as after a failover. */
    void wrongServer();
}
