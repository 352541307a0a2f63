/**
 * Keys from client addresses: who the client is, also behind proxies, and which addresses are one client.
 *
 * <p>{@link dev.ratelimit.address.ClientAddress} finds the address that a request came from, and believes no word of the
 * client for it. {@link dev.ratelimit.address.AddressKey} reduces that address to the key of a limiter. Nothing here
 * ever asks a name service: text is read by {@link dev.ratelimit.address.AddressLiteral}.
 *
 * <p>No parameter and no result is null, but where it says so.
 */
@NullMarked
package dev.ratelimit.address;

import org.jspecify.annotations.NullMarked;
