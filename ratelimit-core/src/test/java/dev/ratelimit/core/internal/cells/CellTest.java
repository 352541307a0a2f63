package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The parts of the word that is a cell, and what each change of a cell keeps of it. */
class CellTest {

    /** The version of the second owner after the first. */
    private static final long VERSION_2 = 0x80;

    private static final long IN_DEBT = 0x0123_4567_89AB_CD00L | VERSION_2 | 5;

    @Test
    void positionVersionAndNumberFillTheWordAndDoNotOverlap() {
        long number = Cell.number(-1L);
        assertThat(Cell.POSITION | Cell.VERSION | number).isEqualTo(-1L);
        assertThat(Long.bitCount(Cell.POSITION) + Long.bitCount(Cell.VERSION) + Long.bitCount(number))
                .isEqualTo(Long.SIZE);
        assertThat(Cell.POSITION).isEqualTo(-1L << Cell.SHIFT);
    }

    @Test
    void aWordOfZerosIsAKeyOutOfDebt() {
        assertThat(Cell.number(0)).isEqualTo(Cell.FREE);
    }

    @Test
    void onlyRatesAndBlackoutsHavePositions() {
        for (long number = 0; number <= Cell.number(-1L); number++) {
            boolean isRate = number >= Cell.FIRST_RATE && number <= Cell.LAST_RATE;
            assertThat(Cell.hasPosition(Cell.POSITION | Cell.VERSION | number))
                    .as("number %d", number)
                    .isEqualTo(isRate || number == Cell.BLACKOUT);
        }
        assertThat(Cell.hasPosition(Cell.FREE)).isFalse();
        assertThat(Cell.hasPosition(Cell.HAND_OVER)).isFalse();
    }

    @Test
    void aFreedCellKeepsItsOwner() {
        assertThat(Cell.freed(IN_DEBT)).isEqualTo(VERSION_2);
    }

    @Test
    void aPlaceBetweenTwoOwnersKeepsTheVersionOfTheFirst() {
        assertThat(Cell.handedOver(IN_DEBT)).isEqualTo(VERSION_2 | Cell.HAND_OVER);
        assertThat(Cell.nextOwner(Cell.handedOver(IN_DEBT))).isEqualTo(Cell.nextOwner(IN_DEBT));
    }

    @Test
    void fourOwnersInARowHaveFourVersions() {
        Set<Long> owners = new LinkedHashSet<>();
        long cell = IN_DEBT;
        for (int owner = 0; owner < 4; owner++) {
            cell = Cell.nextOwner(cell);
            assertThat(Cell.number(cell)).isEqualTo(Cell.FREE);
            assertThat(cell & Cell.POSITION).isZero();
            owners.add(cell);
        }
        assertThat(owners).hasSize(4);
        assertThat(Cell.nextOwner(cell))
                .as("the fifth")
                .isEqualTo(owners.iterator().next());
    }
}
