package dev.ratelimit.cache.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of requests (RFC 9110, section 13): those of clients, which a cache evaluates, and those of the cache
 * itself.
 */
final class Preconditions {

    static final String ETAG = "ETag";
    static final String LAST_MODIFIED = "Last-Modified";
    static final String IF_NONE_MATCH = "If-None-Match";
    static final String IF_MODIFIED_SINCE = "If-Modified-Since";
    static final String IF_RANGE = "If-Range";

    /**
     * The fields that ask for less than a whole answer. A request whose answer is to be kept is forwarded without them.
     */
    private static final List<String> ASK_FOR_LESS = List.of(IF_NONE_MATCH, IF_MODIFIED_SINCE, "Range", IF_RANGE);

    /** The conditions on the state at the origin, which no cache may evaluate (RFC 9111, section 4.3.2). */
    private static final List<String> FOR_THE_ORIGIN = List.of("If-Match", "If-Unmodified-Since");

    private Preconditions() {}

    static boolean areForTheOrigin(Fields request) {
        return FOR_THE_ORIGIN.stream().anyMatch(request::contains);
    }

    static boolean arePresent(Fields request) {
        return request.contains(IF_NONE_MATCH) || request.contains(IF_MODIFIED_SINCE);
    }

    static Fields without(Fields request) {
        Fields rest = request;
        for (String name : ASK_FOR_LESS) {
            rest = rest.without(name);
        }
        return rest;
    }

    static boolean hasValidator(Fields response) {
        return response.contains(ETAG) || response.contains(LAST_MODIFIED);
    }

    /**
     * Returns the fields of a request that the origin may answer by 304 if the stored response is still valid (RFC
     * 9111, section 4.3.1).
     */
    static Fields validating(Fields request, Fields stored) {
        Fields fields = without(request);
        Optional<String> etag = stored.first(ETAG);
        Optional<String> modified = stored.first(LAST_MODIFIED);
        if (etag.isPresent()) {
            fields = fields.with(IF_NONE_MATCH, etag.get());
        }
        return modified.isPresent() ? fields.with(IF_MODIFIED_SINCE, modified.get()) : fields;
    }

    /** Whether a 304 is about the stored response: all validators that it has are equal (section 4.3.4). */
    static boolean isAbout(Fields notModified, Fields stored) {
        Optional<String> etag = notModified.first(ETAG);
        if (etag.isPresent()) {
            return stored.first(ETAG).filter(own -> isTagOf(own, etag.get())).isPresent();
        }
        Optional<String> modified = notModified.first(LAST_MODIFIED);
        return modified.isEmpty()
                || stored.first(LAST_MODIFIED).isEmpty()
                || modified.equals(stored.first(LAST_MODIFIED));
    }

    /**
     * Whether a 200 to HEAD may be the head of a stored response: none of its fields shows a difference (section
     * 4.3.5).
     */
    static boolean isHeadOf(HttpReply head, StoredReply stored) {
        boolean isLong = head.length() >= 0 && head.length() != stored.content().length;
        return stored.head().status() == ResponseHead.OK && !isLong && isAbout(head.fields(), stored.fields());
    }

    /**
     * Whether a response has a validator that the stored one also has; if they differ, the response is not
     * {@linkplain #isAbout about} the stored one.
     */
    static boolean isSameByValidator(Fields response, Fields stored) {
        return (response.contains(ETAG) && stored.contains(ETAG))
                || (response.contains(LAST_MODIFIED) && stored.contains(LAST_MODIFIED));
    }

    /**
     * Whether a client already has the response of status 200 that it asks for, so that 304 is the answer (section
     * 13.2.2).
     */
    static boolean clientHasIt(Fields request, Fields response, Instant now) {
        if (request.contains(IF_NONE_MATCH)) {
            List<String> tags = request.elements(IF_NONE_MATCH);
            return tags.contains("*")
                    || response.first(ETAG)
                            .filter(own -> tags.stream().anyMatch(tag -> weaklyEqual(own, tag)))
                            .isPresent();
        }
        Optional<Instant> since = date(request, IF_MODIFIED_SINCE, now);
        Optional<Instant> modified =
                response.contains(LAST_MODIFIED) ? date(response, LAST_MODIFIED, now) : date(response, "Date", now);
        return since.isPresent() && modified.isPresent() && !modified.get().isAfter(since.get());
    }

    /**
     * Whether a range of the response may be sent: the client's other parts are from the same bytes (section 13.1.5).
     */
    static boolean rangeApplies(Fields request, Fields response) {
        Optional<String> condition = request.first(IF_RANGE);
        if (condition.isEmpty()) {
            return true;
        }
        String text = condition.get().strip();
        // A weak tag begins with W/. So it is compared with the date here, and never equal.
        return text.startsWith("\"")
                ? response.first(ETAG).filter(text::equals).isPresent()
                : isStrongDate(response)
                        && response.first(LAST_MODIFIED).filter(text::equals).isPresent();
    }

    /**
     * Whether the date of a response is a strong validator. It is weak if the response may have changed twice in that
     * second (section 8.8.2.2).
     */
    private static boolean isStrongDate(Fields response) {
        Optional<Instant> modified = date(response, LAST_MODIFIED);
        Optional<Instant> date = date(response, "Date");
        return modified.isPresent() && date.isPresent() && modified.get().isBefore(date.get());
    }

    private static Optional<Instant> date(Fields response, String field) {
        return response.first(field).flatMap(text -> HttpDate.parse(text, Instant.EPOCH));
    }

    /**
     * Whether a 304 is about a stored response: a strong tag only about one with the same strong tag (RFC 9111, section
     * 4.3.4).
     */
    private static boolean isTagOf(String stored, String notModified) {
        return notModified.strip().startsWith("W/")
                ? weaklyEqual(stored, notModified)
                : stored.strip().equals(notModified.strip());
    }

    /** Entity tags are compared as opaque text, without the mark of weak ones (section 8.8.3.2). */
    private static boolean weaklyEqual(String one, String other) {
        return opaque(one).equals(opaque(other));
    }

    private static String opaque(String tag) {
        String text = tag.strip();
        return text.startsWith("W/") ? text.substring(2) : text;
    }

    private static Optional<Instant> date(Fields fields, String name, Instant now) {
        return fields.first(name).flatMap(text -> HttpDate.parse(text, now));
    }
}
