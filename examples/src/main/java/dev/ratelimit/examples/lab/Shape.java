package dev.ratelimit.examples.lab;

/** How a source's traffic goes up and down in the course of a run: its mean rate at each moment. */
sealed interface Shape {

    /**
     * Returns the mean rate at a moment.
     *
     * @param part the part of the run that is over, from 0 to 1
     * @return requests per second
     */
    double perSecond(double part);

    /** Returns the highest rate of the run, in requests per second. */
    double highest();

    /** The same rate all the time. */
    record Steady(double perSecond) implements Shape {

        @Override
        public double perSecond(double part) {
            return perSecond;
        }

        @Override
        public double highest() {
            return perSecond;
        }
    }

    /** One day from midnight to midnight, compressed into the run: low at night, highest at noon. */
    record DailyPeak(double night, double noon) implements Shape {

        @Override
        public double perSecond(double part) {
            return night + (noon - night) * (1 - Math.cos(2 * Math.PI * part)) / 2;
        }

        @Override
        public double highest() {
            return Math.max(night, noon);
        }
    }

    /** A usual rate, and a much higher one for a part of the run. */
    record Surge(double usual, double surge, double from, double to) implements Shape {

        @Override
        public double perSecond(double part) {
            return part >= from && part < to ? surge : usual;
        }

        @Override
        public double highest() {
            return Math.max(usual, surge);
        }
    }

    /** A usual rate, and a number of evenly spread waves of a higher rate; a crest is the given part of each wave. */
    record Waves(double usual, double wave, int waves, double crest) implements Shape {

        @Override
        public double perSecond(double part) {
            double fromMiddle = Math.abs(part * waves % 1 - 0.5);
            return fromMiddle < crest / 2 ? wave : usual;
        }

        @Override
        public double highest() {
            return Math.max(usual, wave);
        }
    }
}
