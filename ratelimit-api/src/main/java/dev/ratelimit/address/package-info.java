/**
 * Keys from client addresses: finding the client's address behind proxies, and grouping the addresses of one client.
 *
 * <p>{@link dev.ratelimit.address.ClientAddress} finds the address that a request came from, without trusting any text
 * of the client. {@link dev.ratelimit.address.AddressKey} reduces that address to the key of a limiter. Nothing here
 * calls a name service: {@link dev.ratelimit.address.AddressLiteral} parses text.
 *
 * <p>No parameter and no result is null, except where documented.
 */
@NullMarked
package dev.ratelimit.address;

import org.jspecify.annotations.NullMarked;
