package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** For each rule there is a test, and a store that breaks the rule and is caught by that test. */
class BrokenStoresTest {

    private static final Pattern RULE = Pattern.compile("\\*\\*(S\\d+\\.\\d)\\*\\*");

    /** Some rules break only where threads meet, which on a busy machine they do not each time. */
    private static final int MAX_TRIALS = 50;

    @TestFactory
    Stream<DynamicTest> eachBrokenStoreIsCaught() {
        return all().stream().map(broken -> DynamicTest.dynamicTest(broken.toString(), () -> isCaught(broken)));
    }

    private static void isCaught(Broken broken) {
        Trial trial = ContractOnTrial.trial(broken.opens(), broken.faults());
        for (int i = 1; i < MAX_TRIALS && !trial.failures().containsKey(broken.rule()); i++) {
            trial = ContractOnTrial.trial(broken.opens(), broken.faults());
        }
        assertThat(trial.failures()).as("rules that were broken").containsKey(broken.rule());
        Set<String> others = new TreeSet<>(trial.failures().keySet());
        others.remove(broken.rule());
        assertThat(others)
                .as("other rules that were broken, which was not said: %s", trial.failures())
                .isSubsetOf(broken.also());
        assertThat(trial.failures().get(broken.rule())).as("the message").contains(broken.rule());
    }

    @Test
    void eachRuleHasATest() throws IOException {
        Set<String> tested = Stream.of(QuotaStoreContract.class.getMethods())
                .map(Method::getName)
                .flatMap(name -> Trial.rule(name).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(tested).isEqualTo(rules());
    }

    @Test
    void eachRuleHasABrokenStore() throws IOException {
        Set<String> broken = all().stream().map(Broken::rule).collect(Collectors.toCollection(TreeSet::new));
        assertThat(broken).isEqualTo(rules());
    }

    @Test
    void displayNamesBeginWithTheRule() {
        for (Method method : QuotaStoreContract.class.getMethods()) {
            Trial.rule(method.getName())
                    .ifPresent(rule -> assertThat(method.getAnnotation(org.junit.jupiter.api.DisplayName.class)
                                    .value())
                            .startsWith(rule + " "));
        }
    }

    private static List<Broken> all() {
        List<Broken> all = new ArrayList<>();
        all.addAll(BrokenS1.all());
        all.addAll(BrokenS2AndS3.all());
        all.addAll(BrokenS4.all());
        all.addAll(BrokenS5.all());
        all.addAll(BrokenS6AndS7.all());
        all.addAll(BrokenS8.all());
        all.addAll(BrokenS9.all());
        all.addAll(BrokenS10.all());
        return all;
    }

    /** The numbers of all rules that the specification states. */
    private static Set<String> rules() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path root = here.endsWith("ratelimit-tck") ? here.resolve("../..") : here;
        String text = Files.readString(root.resolve("ratelimit-quota-spi/SPEC.md"));
        Set<String> rules = RULE.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rules).hasSizeGreaterThan(30);
        return rules;
    }
}
