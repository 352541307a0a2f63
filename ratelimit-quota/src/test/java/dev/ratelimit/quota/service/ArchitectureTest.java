package dev.ratelimit.quota.service;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layout of the quota module, as rules. */
@AnalyzeClasses(packages = "dev.ratelimit.quota.service", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule quotasKnowTheApiTheStoresAndTheRuntime = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.quota..",
                    "dev.ratelimit.store",
                    "dev.ratelimit.internal",
                    "dev.ratelimit.runtime..",
                    "com.github.benmanes.caffeine.cache",
                    "org.slf4j",
                    "java..",
                    "org.jspecify..");

    /** Any other way to make a thread lets it keep its starter alive. */
    @ArchTest
    static final ArchRule threadsInheritNothing =
            noClasses().should().callConstructorWhere(target(owner(assignableTo(Thread.class))));

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Manager|Helper|Abstract[A-Z]\\w*)")
            .orShould()
            .haveNameMatching(".*\\.I[A-Z][a-z]\\w*");
}
