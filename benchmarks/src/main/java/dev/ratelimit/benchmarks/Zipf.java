package dev.ratelimit.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The traffic of many keys, few of them hot: random keys, and draws of them by Zipf's law with exponent 0.99.
 *
 * <p>0.99 is what YCSB made customary for caches and stores. All is drawn from fixed seeds: every method, fork and
 * machine sees the same keys in the same order.
 */
final class Zipf {

    private static final double EXPONENT = 0.99;

    private Zipf() {}

    /**
     * Returns the order in which the keys come.
     *
     * <p>The ranks are dealt to the keys at random: were key 0 the hottest and 1 the next, the hot keys would lie side
     * by side in memory, as they do in no service.
     *
     * @param keys the number of keys
     * @param draws the number of draws
     * @return indexes of keys
     */
    static int[] draws(int keys, int draws) {
        double[] cumulative = new double[keys];
        double sum = 0;
        for (int rank = 0; rank < keys; rank++) {
            sum += Math.pow(rank + 1.0, -EXPONENT);
            cumulative[rank] = sum;
        }
        SplittableRandom random = new SplittableRandom(99);
        int[] keyOfRank = shuffled(keys, random);
        int[] sequence = new int[draws];
        for (int i = 0; i < draws; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
            int rank = found < 0 ? -found - 1 : found;
            sequence[i] = keyOfRank[Math.min(rank, keys - 1)];
        }
        return sequence;
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            numbers[i] = numbers[j];
            numbers[j] = i;
        }
        return numbers;
    }
}
