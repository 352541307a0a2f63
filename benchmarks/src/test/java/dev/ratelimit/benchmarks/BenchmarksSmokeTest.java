package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Each benchmark method, called once between its setup and its own check, without JMH. */
class BenchmarksSmokeTest {

    @TestFactory
    Stream<DynamicTest> everyMethodCanBeCalledAndItsOwnCheckHolds() {
        return Stream.of(
                        new SingleKeyBenchmark(),
                        manyKeys(1),
                        manyKeys(1000),
                        new NewKeysBenchmark(),
                        new HotKeyThreadsBenchmark(),
                        new ContendedBenchmark(),
                        tenMillionKeys(1000),
                        new SlotsBenchmark(),
                        quotas(),
                        new ResponseCacheBenchmark())
                .flatMap(benchmark -> annotated(benchmark, Benchmark.class)
                        .map(method -> DynamicTest.dynamicTest(
                                benchmark.getClass().getSimpleName() + "." + method.getName(),
                                () -> callOnce(benchmark, method))));
    }

    @Test
    void aWrongOutcomeFailsTheBenchmark() {
        SingleKeyBenchmark benchmark = new SingleKeyBenchmark();
        benchmark.setUp(JmhParams.of("SingleKeyBenchmark.allow"));
        assertThat(benchmark.allow()).isTrue();
        assertThat(benchmark.deny()).isFalse();
        assertThatCode(benchmark::checkDecisions).doesNotThrowAnyException();
        assertThatCode(() -> BenchmarkDefaults.check(false, "it was not"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it was not");
    }

    private static ManyKeysBenchmark manyKeys(int keys) {
        ManyKeysBenchmark benchmark = new ManyKeysBenchmark();
        benchmark.keys = keys;
        return benchmark;
    }

    private static QuotaBenchmark quotas() {
        QuotaBenchmark benchmark = new QuotaBenchmark();
        benchmark.keys = 1;
        return benchmark;
    }

    private static TenMillionKeysBenchmark tenMillionKeys(int keys) {
        TenMillionKeysBenchmark benchmark = new TenMillionKeysBenchmark();
        benchmark.keys = keys;
        return benchmark;
    }

    private static void callOnce(Object benchmark, Method method) throws ReflectiveOperationException {
        Object[] states = Arrays.stream(method.getParameterTypes())
                .map(BenchmarksSmokeTest::newState)
                .toArray();
        List<Object> all =
                Stream.concat(Stream.of(benchmark), Arrays.stream(states)).toList();
        BenchmarkParams params = JmhParams.of(benchmark.getClass().getName() + "." + method.getName());
        callAll(all, Setup.class, params);
        assertThat(method.invoke(benchmark, states)).isNotNull();
        callAll(all, TearDown.class, params);
    }

    private static void callAll(List<Object> states, Class<? extends Annotation> marker, BenchmarkParams params)
            throws IllegalAccessException, InvocationTargetException {
        for (Object state : states) {
            for (Method method : annotated(state, marker).toList()) {
                method.invoke(state, method.getParameterCount() == 0 ? new Object[0] : new Object[] {params});
            }
        }
    }

    private static Stream<Method> annotated(Object state, Class<? extends Annotation> marker) {
        return Arrays.stream(state.getClass().getMethods()).filter(method -> method.isAnnotationPresent(marker));
    }

    private static Object newState(Class<?> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " is not a state that JMH can make", e);
        }
    }
}
