package dev.ratelimit.cache.http;

/** An origin is what answers a request that the cache cannot answer: a backend, or a client of one. */
@FunctionalInterface
public interface Origin {

    /**
     * Sends a request and returns the reply as soon as its fields are there.
     *
     * <p>It is called on a thread of the cache's executor for GET and HEAD, and on the caller's thread for all else, as for
     * ranges of what is not kept. It should end when its thread is interrupted. The content of the request is the implementation's own to
     * send.
     *
     * @param request the request with the fields that go on: without those of one connection, and with the cache's
     *     conditions in place of the client's
     * @return the reply; the cache closes it, or hands it to the caller
     * @throws Exception if there is no reply
     */
    HttpReply send(RequestHead request) throws Exception;
}
