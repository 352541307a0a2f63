package dev.ratelimit.cache;

import java.util.Objects;

/**
 * A scope is the set of callers that may see a cached value: all, those of one tenant, or one principal.
 *
 * <p>It is part of each key, so that no caller gets another caller's answer by mistake. Keys of different scopes are
 * different, whatever their parts.
 *
 * <p>Immutable and thread-safe.
 */
public final class Scope {

    private static final Scope SHARED = new Scope(new KeyBytes().shared());

    private final KeyBytes bytes;

    private Scope(KeyBytes bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns the scope of values that all callers may see.
     *
     * @return the shared scope
     */
    public static Scope shared() {
        return SHARED;
    }

    /**
     * Returns the scope of values that the callers of one tenant may see.
     *
     * @param tenant what identifies the tenant
     * @return the tenant's scope
     */
    public static Scope tenant(String tenant) {
        return new Scope(new KeyBytes().tenant(Objects.requireNonNull(tenant, "tenant")));
    }

    /**
     * Returns the scope of values that one principal may see. Its name must be unique over all tenants.
     *
     * @param principal what identifies the principal
     * @return the principal's scope
     */
    public static Scope principal(String principal) {
        return new Scope(new KeyBytes().principal(Objects.requireNonNull(principal, "principal")));
    }

    /**
     * Returns the scope of values that one principal of a tenant may see. It lies within the tenant's scope: an
     * invalidation by the prefix of the tenant's scope includes it.
     *
     * @param tenant what identifies the tenant
     * @param principal what identifies the principal within the tenant
     * @return the principal's scope
     */
    public static Scope principal(String tenant, String principal) {
        return new Scope(new KeyBytes()
                .tenant(Objects.requireNonNull(tenant, "tenant"))
                .principal(Objects.requireNonNull(principal, "principal")));
    }

    /** Returns the first bytes of a key of this scope, to which the parts are added. */
    KeyBytes begin() {
        return bytes.copy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scope scope && CacheKey.of(this).equals(CacheKey.of(scope));
    }

    @Override
    public int hashCode() {
        return CacheKey.of(this).hashCode();
    }

    @Override
    public String toString() {
        return bytes.scopeName();
    }
}
