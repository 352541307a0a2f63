package dev.ratelimit.rate.spi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a budget's state: the version of the format, 1; the two generations; the ends of the two blackouts; and
 * six numbers for each cell, in the order of {@link BudgetCell}. Numbers are decimal, with a space between them.
 */
final class BudgetText {

    private static final String VERSION = "1";
    private static final int HEAD = 5;
    private static final int NUMBERS_OF_CELL = 6;

    private BudgetText() {}

    static String of(BudgetState state) {
        StringBuilder text = new StringBuilder(VERSION);
        append(text, state.times());
        for (BudgetCell cell : state.cells()) {
            append(
                    text,
                    cell.unitsPerPermit(),
                    cell.unitsPerMicro(),
                    cell.at(),
                    cell.rest(),
                    cell.low(),
                    cell.lowBefore());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, long... numbers) {
        for (long number : numbers) {
            text.append(' ').append(number);
        }
    }

    static BudgetState parse(String text) {
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION) || words.length < HEAD || (words.length - HEAD) % NUMBERS_OF_CELL != 0) {
            throw wrong(text, null);
        }
        try {
            long[] numbers = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                numbers[i] = Long.parseLong(words[i]);
            }
            return new BudgetState(cells(numbers), numbers[1], numbers[2], numbers[3], numbers[4]);
        } catch (NumberFormatException e) {
            throw wrong(text, e);
        }
    }

    private static List<BudgetCell> cells(long[] numbers) {
        List<BudgetCell> cells = new ArrayList<>();
        for (int i = HEAD; i < numbers.length; i += NUMBERS_OF_CELL) {
            cells.add(new BudgetCell(
                    numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3], numbers[i + 4], numbers[i + 5]));
        }
        return List.copyOf(cells);
    }

    private static IllegalArgumentException wrong(String text, @Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                "the state of a budget begins with its version, 1, and has whole numbers, but this was \"" + text
                        + "\"; another program may have written it",
                cause);
    }
}
