package dev.ratelimit.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layout of the code, as rules: which way the arrows point, and what names mean. */
@AnalyzeClasses(packages = "dev.ratelimit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theApiKnowsNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule theCoreKnowsTheApiAndTheJdk = classes()
            .that()
            .resideInAPackage("dev.ratelimit.core..")
            .and()
            .resideOutsideOfPackage("..internal.policy")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit", "dev.ratelimit.core..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule policiesKnowTheApiTheJdkAndTheCache = classes()
            .that()
            .resideInAPackage("..internal.policy")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.core.internal.policy",
                    "com.github.benmanes.caffeine.cache",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule testingKnowsOnlyTheApi = classes()
            .that()
            .resideInAPackage("dev.ratelimit.testing")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit", "dev.ratelimit.testing", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule cellsKnowNeitherKeysNorLimiters = noClasses()
            .that()
            .resideInAPackage("..internal.cells")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..internal.keys", "..internal.limit", "dev.ratelimit.core");

    @ArchTest
    static final ArchRule keysKnowNeitherCellsNorLimiters = noClasses()
            .that()
            .resideInAPackage("..internal.keys")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..internal.cells", "..internal.limit", "dev.ratelimit.core");

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
            .resideInAPackage("dev.ratelimit.core..")
            .and()
            .doNotHaveSimpleName("Clock")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule theFrontDoorIsFinal = classes()
            .that()
            .resideInAPackage("dev.ratelimit.core")
            .and()
            .arePublic()
            .should()
            .notBeInterfaces();
}
