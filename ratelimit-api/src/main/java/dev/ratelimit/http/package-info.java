/**
 * HTTP responses about limits: header fields as names and values, and the body of a refusal.
 *
 * <p>This package depends on no HTTP server: the application sets names, values and bodies in its own response. The
 * fields are those of draft-ietf-httpapi-ratelimit-headers-11 (23 May 2026), serialized as structured fields by RFC
 * 9651; the older {@code X-RateLimit-*} fields; and {@code Retry-After} of RFC 9110. The bodies are problem details of
 * RFC 9457. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit.http;

import org.jspecify.annotations.NullMarked;
