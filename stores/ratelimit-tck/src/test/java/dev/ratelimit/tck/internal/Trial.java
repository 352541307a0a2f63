package dev.ratelimit.tck.internal;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
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
public record Trial(Map<String, String> failures, Set<String> passed, Set<String> skipped) {

    private static final Pattern METHOD = Pattern.compile("([sr])(\\d+)_(\\d)_.*");

    /** Runs all tests of a contract. */
    public static Trial of(Class<?> contract) {
        return of(List.of(selectClass(contract)));
    }

    /** Runs the tests of one rule of a contract. */
    public static Trial of(Class<?> contract, String rule) {
        return of(Stream.of(contract.getMethods())
                .filter(method -> rule(method.getName()).equals(Optional.of(rule)))
                .map(method -> selectMethod(contract, method))
                .toList());
    }

    private static Trial of(List<? extends DiscoverySelector> tests) {
        Trial trial = new Trial(new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(tests)
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
    public static Optional<String> rule(String method) {
        Matcher matcher = METHOD.matcher(method);
        return matcher.matches()
                ? Optional.of(matcher.group(1).toUpperCase(Locale.ROOT) + matcher.group(2) + "." + matcher.group(3))
                : Optional.empty();
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
