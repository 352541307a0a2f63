package dev.ratelimit.cache.http;

/** An origin answers the requests that the cache cannot answer: it is a backend, or a client of one. */
@FunctionalInterface
public interface Origin {

    /**
     * Sends a request, and returns the reply as soon as its fields have arrived.
     *
     * <p>The cache calls it on a thread of its executor for GET and HEAD. It calls it on the caller's thread for all
     * other requests, such as ranges of responses that are not stored. The method should end when its thread is
     * interrupted. It also has to send the content of the request.
     *
     * @param request the request with the fields to forward: without those of one connection, and with the cache's
     *     conditions in place of the client's
     * @return the reply; the cache closes it, or passes it to the caller
     * @throws Exception if there is no reply
     */
    HttpReply send(RequestHead request) throws Exception;
}
