package dev.ratelimit.examples.gateway;

/**
 * The backend has answered that it cannot answer: by a status of 500 and above, but 501, or by 429. As a failure of the load it
 * lets an older answer stand in, and takes the place of none.
 */
final class BackendFailure extends Exception {

    private static final long serialVersionUID = 1;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;

    private final transient BackendAnswer answer;

    BackendFailure(BackendAnswer answer) {
        super("the backend answered " + answer.status());
        this.answer = answer;
    }

    /** Returns whether a status is one that another try may not have (RFC 5861, section 4, and 429). */
    static boolean is(int status) {
        return status == TOO_MANY_REQUESTS || (status >= 500 && status != NOT_IMPLEMENTED);
    }

    /** Returns the answer, for the one who has asked. */
    BackendAnswer answer() {
        return answer;
    }
}
