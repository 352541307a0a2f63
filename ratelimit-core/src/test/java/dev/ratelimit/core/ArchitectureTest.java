package dev.ratelimit.core;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.ratelimit.TimeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The layout of the code, as rules: which way the arrows point, and what names mean. */
@AnalyzeClasses(packages = "dev.ratelimit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theApiKnowsNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit", "dev.ratelimit.internal", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule whatModulesShareKnowsNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit.internal")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit.internal", "java..", "org.jspecify..");

    /** Any other way to make a thread lets it keep its starter alive. */
    @ArchTest
    static final ArchRule threadsInheritNothing = noClasses()
            .that()
            .resideOutsideOfPackages("dev.ratelimit.internal", "..testing..")
            .should()
            .callConstructorWhere(target(owner(assignableTo(Thread.class))));

    @ArchTest
    static final ArchRule httpKnowsOnlyTheApi = classes()
            .that()
            .resideInAPackage("dev.ratelimit.http")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit", "dev.ratelimit.http", "dev.ratelimit.quota", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule addressesKnowNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit.address")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit.address", "java..", "org.jspecify..");

    /** What a client wrote must not make this server look up a name, nor wait for the answer. */
    @ArchTest
    static final ArchRule nobodyAsksTheNameService = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.ratelimit", "dev.ratelimit.address", "dev.ratelimit.core..", "dev.ratelimit.runtime..")
            .should()
            .callMethodWhere(target(owner(assignableTo(InetAddress.class)))
                    .and(target(nameMatching("getByName|getAllByName|getLocalHost|getHostName|getCanonicalHostName"))))
            .orShould()
            .callConstructor(InetSocketAddress.class, String.class, int.class);

    @ArchTest
    static final ArchRule theCoreKnowsTheApiAndTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit.core..")
            .and()
            .resideOutsideOfPackages("..internal.policy")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.internal",
                    "dev.ratelimit.core..",
                    "dev.ratelimit.runtime..",
                    "java..",
                    "org.jspecify..");

    /** The queues in {@code org.jctools.queues} itself need {@code sun.misc.Unsafe}, which newer JDKs warn of. */
    @ArchTest
    static final ArchRule waitingKnowsTheApiAndTheQueuesWithoutUnsafe = classes()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.timers")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.internal",
                    "dev.ratelimit.runtime.timers",
                    "java..",
                    "org.jspecify..",
                    "org.jctools.queues.atomic");

    @ArchTest
    static final ArchRule policiesKnowTheApiAndRememberedLookUps = classes()
            .that()
            .resideInAPackage("..internal.policy")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.core.internal.policy",
                    "dev.ratelimit.runtime.resolve",
                    "dev.ratelimit.runtime.trouble",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule rememberedLookUpsKnowTheApiTheJdkAndTheCache = classes()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.resolve")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.runtime.resolve",
                    "dev.ratelimit.runtime.trouble",
                    "com.github.benmanes.caffeine.cache",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoLimiters = noClasses()
            .that()
            .resideInAPackage("dev.ratelimit.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ratelimit.core..");

    /** What it breaks may be a quota's store today and a limiter's tomorrow. */
    @ArchTest
    static final ArchRule breakersKnowNothingOfWhatTheyBreak = classes()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.breaker")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.runtime.breaker",
                    "dev.ratelimit.runtime.timers",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule testingKnowsOnlyTheApi = classes()
            .that()
            .resideInAPackage("dev.ratelimit.testing")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.quota..",
                    "dev.ratelimit.store",
                    "dev.ratelimit.testing",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule cellsKnowNeitherKeysNorLimiters = noClasses()
            .that()
            .resideInAPackage("..internal.cells")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit.runtime.keys", "..internal.limit", "dev.ratelimit.core");

    @ArchTest
    static final ArchRule keysKnowNeitherCellsNorLimiters = noClasses()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.keys")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..internal.cells", "..internal.limit", "dev.ratelimit.core");

    @ArchTest
    static final ArchRule leasesKnowNeitherCellsNorKeysNorLimiters = noClasses()
            .that()
            .resideInAPackage("..internal.concurrency")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..internal.cells", "dev.ratelimit.runtime.keys", "..internal.limit", "dev.ratelimit.core");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.ratelimit.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Manager|Helper|Abstract[A-Z]\\w*)")
            .orShould()
            .haveNameMatching(".*\\.I[A-Z][a-z]\\w*");

    @ArchTest
    static final ArchRule timeIsReadInOnePlace = noClasses()
            .that()
            .resideInAnyPackage("dev.ratelimit.core..", "dev.ratelimit.runtime..")
            .and()
            .doNotHaveSimpleName("Clock")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule waitingReadsSourcesOfTimeInOnePlace = noClasses()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.timers")
            .and()
            .doNotHaveSimpleName("Instants")
            .should()
            .callMethodWhere(target(owner(assignableTo(TimeSource.class))).and(target(name("nanos"))));

    /** A virtual thread that holds a monitor keeps its carrier on JDKs before 24. */
    @ArchTest
    static final ArchRule waitingHoldsNoMonitor = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.ratelimit.runtime.timers")
            .should()
            .haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule waitingOnlyParks = noClasses()
            .that()
            .resideInAPackage("dev.ratelimit.runtime.timers")
            .should()
            .callMethodWhere(target(owner(equivalentTo(Thread.class))).and(target(name("sleep"))))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(Object.class))).and(target(name("wait"))));

    @ArchTest
    static final ArchRule theFrontDoorIsFinal = classes()
            .that()
            .resideInAPackage("dev.ratelimit.core")
            .and()
            .arePublic()
            .should()
            .notBeInterfaces();
}
