package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Scope;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/**
 * A request head is a request without its content: the method, the target, the fields, and the scope of callers that
 * may share the answer.
 *
 * <p>Immutable and thread-safe. No component is null.
 *
 * @param method the method, as it came; methods are case-sensitive
 * @param target the target URI (RFC 9110, section 7.1); its fragment is ignored
 * @param fields the fields, as they came
 * @param scope the callers that may see the stored answer
 */
public record RequestHead(String method, URI target, Fields fields, Scope scope) {

    /**
     * Creates a request head.
     *
     * @param method the method, as it came
     * @param target the target URI
     * @param fields the fields, as they came
     * @param scope the callers who may see what is kept of the answer
     */
    public RequestHead {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(fields, "fields");
        Objects.requireNonNull(scope, "scope");
    }

    /**
     * Creates a request head whose answer all callers may share, as far as HTTP's rules for shared caches allow.
     *
     * @param method the method, as it came
     * @param target the target URI
     * @param fields the fields, as they came
     */
    public RequestHead(String method, URI target, Fields fields) {
        this(method, target, fields, Scope.shared());
    }

    /**
     * Returns this request with other fields.
     *
     * @param others the fields
     * @return a request with those fields
     */
    public RequestHead withFields(Fields others) {
        return new RequestHead(method, target, others, scope);
    }

    /**
     * Returns this request with another scope.
     *
     * @param other the callers that may see the stored answer
     * @return a request with that scope
     */
    public RequestHead withScope(Scope other) {
        return new RequestHead(method, target, fields, other);
    }

    /** Returns the key by scope and target. GET and HEAD have the same key (RFC 9111, section 2). */
    CacheKey primaryKey() {
        return primaryKey(scope, target);
    }

    static CacheKey primaryKey(Scope scope, URI target) {
        String path = target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        String query = target.getRawQuery();
        CacheKey key = CacheKey.of(scope, origin(target), path);
        return query == null ? key : key.plus(query);
    }

    /**
     * Scheme, host and port, such that equal origins have equal texts (RFC 9110, section 4.3.1); empty without a host.
     */
    static String origin(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null) {
            String authority = uri.getRawAuthority();
            return authority == null ? "" : scheme + "://" + authority.toLowerCase(Locale.ROOT);
        }
        int usual = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    boolean isGet() {
        return method.equals("GET");
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether content follows the head; an answer may then depend on more than the head says. */
    boolean hasContent() {
        return fields.contains("Transfer-Encoding")
                || !fields.lines("Content-Length").stream().allMatch("0"::equals);
    }
}
