package dev.ratelimit.examples.gateway;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the API keys that were given out, with the tier of each.
 *
 * <p>Only a key that is found here has a budget of its own. A key that nobody was given is treated as no key at all,
 * and the client's address pays: otherwise an attacker would get a fresh budget with every key that he makes up.
 */
final class ApiKeys {

    private final Map<String, Tier> tiers;

    ApiKeys(Map<String, Tier> tiers) {
        this.tiers = Map.copyOf(tiers);
    }

    /** Returns the directory of the demonstration. */
    static ApiKeys demonstration() {
        return new ApiKeys(Map.of(
                "plat-atlas", Tier.PLATINUM,
                "plat-daily", Tier.PLATINUM,
                "gold-borealis", Tier.GOLD,
                "gold-amok", Tier.GOLD,
                "free-cirrus", Tier.OTHERS));
    }

    /** Returns the directory in which nobody stands, so that every client is known by its address. */
    static ApiKeys none() {
        return new ApiKeys(Map.of());
    }

    /**
     * Returns whom a request is charged to.
     *
     * @param apiKey the key that came with it, if one did
     * @param address the address that it came from
     */
    Client identify(@Nullable String apiKey, String address) {
        Tier tier = apiKey == null ? null : tiers.get(apiKey);
        // The prefixes keep an address from ever being taken for an API key that looks like one.
        return tier == null ? new Client(Tier.OTHERS, "address " + address) : new Client(tier, "key " + apiKey);
    }
}
