package dev.ratelimit.http;

/**
 * The kind of problem of a refused request, with its status. If several limits refuse, the first kind in this order
 * decides.
 */
enum Problem {
    TOO_LARGE(Type.QUOTA_EXCEEDED, 413),
    FORBIDDEN(Type.FORBIDDEN, 403),
    USED_UP(Type.QUOTA_EXCEEDED, 429),
    BLACKED_OUT(Type.QUOTA_EXCEEDED, 429),
    TOO_MANY_CONCURRENT(Type.QUOTA_EXCEEDED, 429),
    NO_CAPACITY(Type.REDUCED_CAPACITY, 503);

    /** A registered type of problem details, or {@code about:blank}, which adds nothing to the status. */
    enum Type {
        QUOTA_EXCEEDED("https://iana.org/assignments/http-problem-types#quota-exceeded", "Quota Exceeded"),
        REDUCED_CAPACITY(
                "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
                "Temporary Reduced Capacity"),
        FORBIDDEN("about:blank", "Forbidden");

        final String uri;
        final String title;

        Type(String uri, String title) {
            this.uri = uri;
            this.title = title;
        }
    }

    final Type type;
    final int status;

    Problem(Type type, int status) {
        this.type = type;
        this.status = status;
    }
}
