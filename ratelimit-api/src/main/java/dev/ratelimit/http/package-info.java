/**
 * What an HTTP client is told about its limits: header fields as names and values, and the body of a refusal.
 *
 * <p>Nothing here knows a server; names, values and texts go into whatever response there is. The fields are those of
 * draft-ietf-httpapi-ratelimit-headers-11 (23 May 2026), serialised as structured fields by RFC 9651; the
 * {@code X-RateLimit-*} fields that came before them; and {@code Retry-After} of RFC 9110. The bodies are problem
 * details by RFC 9457. No parameter and no result is null.
 */
@NullMarked
package dev.ratelimit.http;

import org.jspecify.annotations.NullMarked;
