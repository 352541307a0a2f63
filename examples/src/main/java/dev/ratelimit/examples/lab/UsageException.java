package dev.ratelimit.examples.lab;

/** What was asked for on the command line cannot be done; the message says in one line what to do instead. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
