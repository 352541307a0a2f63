package dev.ratelimit.quota.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What became of the contract's tests on one store.
 *
 * @param failures the messages of tests that failed, by rule
 * @param passed the rules with a test that passed
 * @param skipped the rules with a test that was skipped
 */
record Trial(Map<String, String> failures, Set<String> passed, Set<String> skipped) {

    private static final Pattern METHOD = Pattern.compile("s(\\d+)_(\\d)_.*");

    /** Runs all tests on a store. */
    static Trial of(Function<PlainBackend, PlainStore> opens, boolean faults) {
        ContractOnTrial.opens = opens;
        ContractOnTrial.faults = faults;
        Trial trial = new Trial(new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(ContractOnTrial.class))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                test.getSource()
                                        .filter(MethodSource.class::isInstance)
                                        .map(source -> ((MethodSource) source).getMethodName())
                                        .flatMap(Trial::rule)
                                        .ifPresent(rule -> trial.enter(rule, result));
                            }
                        });
        return trial;
    }

    /** The rule that a test is named after. */
    static Optional<String> rule(String method) {
        Matcher matcher = METHOD.matcher(method);
        return matcher.matches() ? Optional.of("S" + matcher.group(1) + "." + matcher.group(2)) : Optional.empty();
    }

    private void enter(String rule, TestExecutionResult result) {
        if (result.getStatus() == Status.FAILED) {
            String message = result.getThrowable().map(Throwable::getMessage).orElse("without a message");
            failures.merge(rule, message, (one, other) -> one + "\n" + other);
        } else {
            (result.getStatus() == Status.SUCCESSFUL ? passed : skipped).add(rule);
        }
    }
}
