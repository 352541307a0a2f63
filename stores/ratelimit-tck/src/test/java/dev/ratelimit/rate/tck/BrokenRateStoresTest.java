package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.RateStores;
import dev.ratelimit.tck.internal.Trial;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** For each rule there is a test, and a store that breaks the rule and is caught by that test. */
class BrokenRateStoresTest {

    private static final Pattern RULE = Pattern.compile("\\*\\*(R\\d+\\.\\d)\\*\\*");

    /** Some rules break only where threads meet, which on a busy machine they do not each time. */
    private static final int MAX_TRIALS = 50;

    @TestFactory
    Stream<DynamicTest> eachBrokenStoreIsCaught() {
        return all().stream().map(broken -> DynamicTest.dynamicTest(broken.toString(), () -> isCaught(broken)));
    }

    private static void isCaught(BrokenRateStore broken) {
        Trial trial = RateContractOnTrial.trial(broken.opens(), broken.faults(), broken.rule());
        for (int i = 1; i < MAX_TRIALS && !trial.failures().containsKey(broken.rule()); i++) {
            trial = RateContractOnTrial.trial(broken.opens(), broken.faults(), broken.rule());
        }
        assertThat(trial.failures()).as("rules that were broken").containsKey(broken.rule());
        assertThat(trial.failures().get(broken.rule())).as("the message").contains(broken.rule());
    }

    @Test
    void soundStorePasses() {
        Trial trial = RateContractOnTrial.trial(PlainRateStore::new, true);
        assertThat(trial.failures()).isEmpty();
        assertThat(trial.skipped()).isEmpty();
    }

    @Test
    void whatIsMissingIsSkipped() {
        Trial trial = RateContractOnTrial.trial(backend -> RateStores.inMemory(backend.clock), false);
        // The store in memory is not shared, so a second one has other budgets.
        assertThat(trial.failures().keySet()).isSubsetOf("R4.1", "R4.3");
        assertThat(trial.skipped()).contains("R7.1", "R7.4");
        assertThat(trial.passed()).doesNotContain("R7.1", "R7.4");
        assertThat(BudgetState.FULL.toText()).isEqualTo("1 0 0 0 0");
    }

    @Test
    void eachRuleHasATest() throws IOException {
        Set<String> tested = Stream.of(RateStoreContract.class.getMethods())
                .map(Method::getName)
                .flatMap(name -> Trial.rule(name).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(tested).isEqualTo(rules());
    }

    @Test
    void eachRuleHasABrokenStore() throws IOException {
        Set<String> broken = all().stream().map(BrokenRateStore::rule).collect(Collectors.toCollection(TreeSet::new));
        assertThat(broken).isEqualTo(rules());
    }

    @Test
    void displayNamesBeginWithTheRule() {
        for (Method method : RateStoreContract.class.getMethods()) {
            Trial.rule(method.getName())
                    .ifPresent(rule -> assertThat(
                                    method.getAnnotation(DisplayName.class).value())
                            .startsWith(rule + " "));
        }
    }

    private static List<BrokenRateStore> all() {
        List<BrokenRateStore> all = new ArrayList<>();
        all.addAll(BrokenArithmetic.all());
        all.addAll(BrokenCalls.all());
        return all;
    }

    /** The numbers of all rules that the specification states. */
    private static Set<String> rules() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path root = here.endsWith("ratelimit-tck") ? here.resolve("../..") : here;
        String text = Files.readString(root.resolve("ratelimit-quota-spi/RATES.md"));
        Set<String> rules = RULE.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).hasSizeGreaterThan(25);
        return rules;
    }
}
