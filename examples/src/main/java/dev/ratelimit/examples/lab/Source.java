package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Tier;
import java.util.List;
import java.util.Optional;

/**
 * A source of traffic: who sends, how much and when, and what the requests say about their sender.
 *
 * @param name the name in the legend
 * @param tier the tier that it is served in
 * @param shape how much it sends, and when
 * @param identity what its requests carry
 * @param work what they ask for
 * @param note what there is to see of it in a picture, if there is
 */
record Source(String name, Tier tier, Shape shape, Identity identity, Work work, Optional<Note> note) {

    /** Creates a source that reads. */
    Source(String name, Tier tier, Shape shape, Identity identity) {
        this(name, tier, shape, identity, Work.ITEMS, Optional.empty());
    }

    /** Creates a source that nothing is to be said of. */
    Source(String name, Tier tier, Shape shape, Identity identity, Work work) {
        this(name, tier, shape, identity, work, Optional.empty());
    }

    /** Returns this source with what there is to see of it in the picture. */
    Source noted(String text, double from, double to) {
        return new Source(name, tier, shape, identity, work, Optional.of(new Note(text, from, to)));
    }

    /**
     * What there is to see in a picture, and when.
     *
     * @param text what it is
     * @param from when it begins, as a part of the run from 0 to 1
     * @param to when it ends
     */
    record Note(String text, double from, double to) {

        /** Returns what there is to see all the time. */
        static Note ofAll(String text) {
            return new Note(text, 0, 1);
        }

        boolean isOfAll() {
            return from == 0 && to == 1;
        }

        boolean overlaps(Note other) {
            return from < other.to && other.from < to;
        }
    }

    /** What a request says about its sender, as a load balancer in front of the gateway would hand it on. */
    @FunctionalInterface
    interface Identity {

        /**
         * Returns the header fields of one request.
         *
         * @param serial the number of the request within its source
         */
        String fields(int serial);

        static Identity apiKey(String key, String address) {
            String fields = field("X-Forwarded-For", address) + field("X-Api-Key", key);
            return serial -> fields;
        }

        /** A number of clients without an API key, each at its own address, in turn. */
        static Identity addresses(String network, int clients) {
            return serial -> field("X-Forwarded-For", network + (1 + serial % clients));
        }

        /** Each request with another API key that nobody was given, from a few addresses. */
        static Identity madeUpKeys(String network, int addresses) {
            return serial -> addresses(network, addresses).fields(serial) + field("X-Api-Key", "plat-" + serial);
        }

        /** Each request from another address: what a botnet looks like from inside. */
        static Identity madeUpAddresses() {
            return serial -> field(
                    "X-Forwarded-For",
                    "10." + (serial >>> 16 & 255) + "." + (serial >>> 8 & 255) + "." + (serial & 255));
        }

        private static String field(String name, String value) {
            return name + ": " + value + "\r\n";
        }
    }

    /** The addresses that send made-up API keys; each has the budget of one client without a key. */
    static final int KEY_FLOOD_ADDRESSES = 3;

    /** Returns the mix of the demonstration: honest traffic, and all that can go wrong with it. */
    static List<Source> demonstration() {
        return List.of(
                new Source(
                                "a daily peak",
                                Tier.PLATINUM,
                                new Shape.DailyPeak(100, 1300),
                                Identity.apiKey("plat-daily", "192.0.2.1"))
                        .noted("the daily peak: refused above the limit", 0.36, 0.64),
                new Source(
                        "a steady client",
                        Tier.PLATINUM,
                        new Shape.Steady(300),
                        Identity.apiKey("plat-atlas", "192.0.2.2")),
                new Source(
                                "a client that runs amok",
                                Tier.GOLD,
                                new Shape.Surge(150, 1500, 0.2, 0.5),
                                Identity.apiKey("gold-amok", "192.0.2.3"))
                        .noted("a client runs amok, and is shut out again and again", 0.2, 0.5),
                new Source(
                        "a steady client",
                        Tier.GOLD,
                        new Shape.Steady(200),
                        Identity.apiKey("gold-borealis", "192.0.2.4"),
                        Work.CATALOGUE),
                new Source(
                                "a client that comes in waves",
                                Tier.SILVER,
                                new Shape.Waves(60, 340, 5, 0.17),
                                Identity.apiKey("silver-waves", "192.0.2.5"))
                        .noted("shaping: waves wait their turn", 0, 1),
                new Source(
                        "orders of two accounts",
                        Tier.SILVER,
                        new Shape.Steady(30),
                        Identity.apiKey("silver-shop", "192.0.2.6"),
                        Work.ORDERS),
                new Source(
                                "a client that uses up its quota",
                                Tier.BRONZE,
                                new Shape.Steady(30),
                                Identity.apiKey("bronze-kiosk", "192.0.2.7"))
                        .noted("the quota of the minute is used up", 0.25, 1),
                new Source(
                                "a flood of made-up API keys",
                                Tier.OTHERS,
                                new Shape.Surge(0, 900, 0.6, 0.85),
                                Identity.madeUpKeys("198.51.100.", KEY_FLOOD_ADDRESSES))
                        .noted("flood: made-up keys", 0.6, 0.85),
                new Source(
                                "a flood of rotating addresses",
                                Tier.OTHERS,
                                new Shape.Surge(0, 1200, 0.65, 0.85),
                                Identity.madeUpAddresses())
                        .noted("flood: changing addresses", 0.65, 0.85),
                new Source(
                        "20 steady clients",
                        Tier.OTHERS,
                        new Shape.Steady(200),
                        Identity.addresses("203.0.113.", 20),
                        Work.CATALOGUE));
    }
}
