package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.List;

/** Stores whose arithmetic breaks a rule of chapters R1 to R6. */
final class BrokenArithmetic {

    /** What a store computes instead of the reference. */
    private interface Arithmetic {
        Step step(BudgetState before, RateOperation operation, long now);
    }

    private BrokenArithmetic() {}

    private static BrokenRateStore broken(String rule, String how, Arithmetic arithmetic) {
        return BrokenRateStore.of(rule, how, backend -> new PlainRateStore(backend) {
            @Override
            Step step(BudgetState before, RateOperation operation, long now) {
                return arithmetic.step(before, operation, now);
            }
        });
    }

    static List<BrokenRateStore> all() {
        return List.of(
                broken("R1.2", "regains twice as fast", (before, operation, now) -> before.apply(operation, 2 * now)),
                broken("R1.4", "rounds debts to microseconds", BrokenArithmetic::roundsToMicros),
                broken("R2.1", "grants the least where there is not all", BrokenArithmetic::grantsTheLeast),
                broken("R2.2", "takes what is left when it refuses", BrokenArithmetic::takesTheRest),
                broken("R2.3", "looks at the first two rates only", BrokenArithmetic::looksAtTwoRates),
                broken("R2.4", "shows the debts before the operation", BrokenArithmetic::showsBefore),
                broken("R2.4", "takes nothing for later", BrokenArithmetic::nothingForLater),
                broken("R3.1", "keeps to ten permits", BrokenArithmetic::keepsToTen),
                broken("R3.2", "keeps a debt in units", BrokenArithmetic::keepsUnits),
                broken("R3.2", "is full at a change of rates", BrokenArithmetic::fullAtChange),
                broken("R3.3", "drops a cell without a rate", BrokenArithmetic::dropsCells),
                broken("R4.2", "is full where the clock went back", BrokenArithmetic::fullWhenBack),
                broken("R5.1", "shows no generation", BrokenArithmetic::noGeneration),
                broken("R5.2", "gives back everything", BrokenArithmetic::givesBackEverything),
                broken(
                        "R5.2",
                        "gives back nothing",
                        (before, operation, now) -> operation instanceof GiveBack giveBack
                                ? read(before, giveBack, now)
                                : before.apply(operation, now)),
                broken("R5.3", "takes any generation for the present one", BrokenArithmetic::anyGeneration),
                broken("R5.4", "refunds only what nobody has missed", BrokenArithmetic::refundsUnmissed),
                broken("R5.5", "charges only what is there", BrokenArithmetic::chargesWhatIsThere),
                broken("R6.1", "begins no blackout when a part is granted", BrokenArithmetic::noBlackoutForPart),
                broken("R6.1", "begins a blackout for permits ahead of requests", BrokenArithmetic::alwaysRefuses),
                broken("R6.2", "lets a blackout of old terms last", BrokenArithmetic::oldBlackouts),
                broken("R6.3", "lets the last blackout count", BrokenArithmetic::lastBlackout),
                broken("R6.3", "ends only one kind of blackout", BrokenArithmetic::endsOneKind),
                broken("R6.4", "keeps blackouts at a reset", BrokenArithmetic::keepsBlackouts));
    }

    private static Step read(BudgetState before, RateOperation operation, long now) {
        return before.apply(new Read(operation.name(), operation.terms()), now);
    }

    private static Step roundsToMicros(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        String[] words = right.state().toText().split(" ", -1);
        for (int i = 8; i < words.length; i += 6) {
            words[i] = "0";
        }
        BudgetState rounded = BudgetState.parse(String.join(" ", words));
        Applied outcome = right.outcome();
        return new Step(
                rounded,
                new Applied(
                        outcome.permits(),
                        read(rounded, operation, now).outcome().debts(),
                        outcome.blackoutMicros(),
                        outcome.generation()));
    }

    private static Step grantsTheLeast(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        return operation instanceof Take take
                        && right.outcome().permits() < take.want()
                        && right.outcome().permits() > 0
                ? before.apply(
                        new Take(take.name(), take.terms(), take.min(), take.min(), take.maxDelayMicros(), false), now)
                : right;
    }

    private static Step takesTheRest(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        if (operation instanceof Take take && right.outcome().permits() == 0 && take.min() > 1) {
            Take rest = new Take(take.name(), take.terms(), take.want(), 1, take.maxDelayMicros(), false);
            return new Step(before.apply(rest, now).state(), right.outcome());
        }
        return right;
    }

    private static Step looksAtTwoRates(BudgetState before, RateOperation operation, long now) {
        if (operation instanceof Take take && take.terms().rates().size() > 2) {
            BudgetTerms first = new BudgetTerms(take.terms().rates().subList(0, 2));
            Step step = before.apply(new Take(take.name(), first, take.want(), take.min(), 0, false), now);
            return new Step(
                    step.state(),
                    new Applied(
                            step.outcome().permits(),
                            read(step.state(), operation, now).outcome().debts(),
                            0,
                            step.outcome().generation()));
        }
        return before.apply(operation, now);
    }

    private static Step showsBefore(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        Applied outcome = right.outcome();
        return new Step(
                right.state(),
                new Applied(
                        outcome.permits(),
                        read(before, operation, now).outcome().debts(),
                        outcome.blackoutMicros(),
                        outcome.generation()));
    }

    private static Step nothingForLater(BudgetState before, RateOperation operation, long now) {
        return operation instanceof Take take
                ? before.apply(new Take(take.name(), take.terms(), take.want(), take.min(), 0, false), now)
                : before.apply(operation, now);
    }

    private static Step keepsToTen(BudgetState before, RateOperation operation, long now) {
        if (!(operation instanceof Take take)) {
            return before.apply(operation, now);
        }
        List<StoredRate> rates = take.terms().rates().stream()
                .map(rate -> rate.capacity() < 10 ? rate.withCapacity(10) : rate)
                .toList();
        BudgetTerms terms = new BudgetTerms(
                rates, take.terms().blackoutMicros(), take.terms().returnableMicros());
        return before.apply(
                new Take(take.name(), terms, take.want(), take.min(), take.maxDelayMicros(), take.refusesRequests()),
                now);
    }

    /** Replaces the factors of each cell by those of the terms. */
    private static Step keepsUnits(BudgetState before, RateOperation operation, long now) {
        String[] words = before.toText().split(" ", -1);
        List<StoredRate> rates = operation.terms().rates();
        for (int i = 0; i < rates.size() && 5 + 6 * i < words.length; i++) {
            words[5 + 6 * i] = String.valueOf(rates.get(i).unitsPerPermit());
            words[6 + 6 * i] = String.valueOf(rates.get(i).unitsPerMicro());
        }
        return BudgetState.parse(String.join(" ", words)).apply(operation, now);
    }

    private static Step fullAtChange(BudgetState before, RateOperation operation, long now) {
        String[] words = before.toText().split(" ", -1);
        List<StoredRate> rates = operation.terms().rates();
        for (int i = 0; i < rates.size() && 5 + 6 * i < words.length; i++) {
            if (!words[5 + 6 * i].equals(String.valueOf(rates.get(i).unitsPerPermit()))) {
                words[7 + 6 * i] = "0";
            }
        }
        return BudgetState.parse(String.join(" ", words)).apply(operation, now);
    }

    private static Step dropsCells(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        String[] words = right.state().toText().split(" ", -1);
        int kept = Math.min(words.length, 5 + 6 * operation.terms().rates().size());
        return new Step(BudgetState.parse(String.join(" ", List.of(words).subList(0, kept))), right.outcome());
    }

    private static Step fullWhenBack(BudgetState before, RateOperation operation, long now) {
        boolean back = Long.parseLong(before.toText().split(" ", -1)[1]) > now;
        return (back ? BudgetState.FULL : before).apply(operation, now);
    }

    private static Step noGeneration(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        Applied outcome = right.outcome();
        return new Step(right.state(), new Applied(outcome.permits(), outcome.debts(), outcome.blackoutMicros(), 0));
    }

    private static Step givesBackEverything(BudgetState before, RateOperation operation, long now) {
        return operation instanceof GiveBack giveBack
                ? before.apply(new Refund(giveBack.name(), giveBack.terms(), giveBack.permits()), now)
                : before.apply(operation, now);
    }

    private static Step anyGeneration(BudgetState before, RateOperation operation, long now) {
        long present = Long.parseLong(before.toText().split(" ", -1)[1]);
        return operation instanceof GiveBack giveBack
                ? before.apply(new GiveBack(giveBack.name(), giveBack.terms(), giveBack.permits(), present), now)
                : before.apply(operation, now);
    }

    private static Step refundsUnmissed(BudgetState before, RateOperation operation, long now) {
        long present = Long.parseLong(before.toText().split(" ", -1)[1]);
        return operation instanceof Refund refund
                ? before.apply(new GiveBack(refund.name(), refund.terms(), refund.permits(), present), now)
                : before.apply(operation, now);
    }

    private static Step chargesWhatIsThere(BudgetState before, RateOperation operation, long now) {
        return operation instanceof Charge charge
                ? before.apply(new Take(charge.name(), charge.terms(), charge.permits(), 1, 0, false), now)
                : before.apply(operation, now);
    }

    private static Step noBlackoutForPart(BudgetState before, RateOperation operation, long now) {
        return operation instanceof Take take && take.min() < take.want()
                ? before.apply(
                        new Take(take.name(), take.terms(), take.want(), take.min(), take.maxDelayMicros(), false), now)
                : before.apply(operation, now);
    }

    private static Step alwaysRefuses(BudgetState before, RateOperation operation, long now) {
        return operation instanceof Take take
                ? before.apply(
                        new Take(take.name(), take.terms(), take.want(), take.min(), take.maxDelayMicros(), true), now)
                : before.apply(operation, now);
    }

    /** A blackout of terms becomes one that does not depend on terms. */
    private static Step oldBlackouts(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        String[] words = right.state().toText().split(" ", -1);
        if (Long.parseLong(words[3]) > Long.parseLong(words[4])) {
            words[4] = words[3];
        }
        return new Step(BudgetState.parse(String.join(" ", words)), right.outcome());
    }

    private static Step lastBlackout(BudgetState before, RateOperation operation, long now) {
        if (operation instanceof Blackout blackout && blackout.micros() > 0) {
            BudgetState ended = before.apply(new Blackout(blackout.name(), blackout.terms(), 0), now)
                    .state();
            return ended.apply(blackout, now);
        }
        return before.apply(operation, now);
    }

    private static Step endsOneKind(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        if (operation instanceof Blackout blackout && blackout.micros() == 0) {
            String[] words = right.state().toText().split(" ", -1);
            words[3] = before.toText().split(" ", -1)[3];
            BudgetState kept = BudgetState.parse(String.join(" ", words));
            return new Step(kept, read(kept, operation, now).outcome());
        }
        return right;
    }

    private static Step keepsBlackouts(BudgetState before, RateOperation operation, long now) {
        Step right = before.apply(operation, now);
        if (operation instanceof Reset) {
            String[] words = before.toText().split(" ", -1);
            BudgetState kept = BudgetState.parse("1 0 0 " + words[3] + " " + words[4]);
            return new Step(kept, read(kept, operation, now).outcome());
        }
        return right;
    }
}
