package dev.ratelimit.cache;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** The layout of the cache, as rules: which way the arrows point, where time is read, and what names mean. */
@AnalyzeClasses(packages = "dev.ratelimit.cache", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theCacheKnowsTheApiTheTimersTheJdkAndCaffeine = classes()
            .that()
            .resideInAPackage("dev.ratelimit.cache")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.ratelimit",
                    "dev.ratelimit.cache",
                    "dev.ratelimit.internal",
                    "dev.ratelimit.runtime.timers",
                    "com.github.benmanes.caffeine.cache",
                    "java..",
                    "org.jspecify..");

    /** Any other way to make a thread lets it keep its starter alive. */
    @ArchTest
    static final ArchRule threadsInheritNothing =
            noClasses().should().callConstructorWhere(target(owner(assignableTo(Thread.class))));

    @ArchTest
    static final ArchRule httpKnowsTheCacheAndNoServer = classes()
            .that()
            .resideInAPackage("dev.ratelimit.cache.http")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.ratelimit.cache", "dev.ratelimit.cache.http", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule httpIsFieldsWhateverSendsThem = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.net..", "com.sun..")
                    .and(not(belongToAnyOf(URI.class, URISyntaxException.class))));

    @ArchTest
    static final ArchRule caffeineIsKnownInOnePlace = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(Store|LatestReading)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.github.benmanes..");

    @ArchTest
    static final ArchRule keysKnowNothingOfTheCache = noClasses()
            .that()
            .haveNameMatching(".*\\.(CacheKey|KeyBytes|Scope)")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.ratelimit\\.cache\\.(?!CacheKey$|KeyBytes$|Scope$).*");

    @ArchTest
    static final ArchRule theBoundOnLoadsKnowsNoLoads = classes()
            .that()
            .haveNameMatching(".*\\.LoadGate(\\$.*)?")
            .should()
            .onlyDependOnClassesThat()
            .haveNameMatching("dev\\.ratelimit\\.cache\\.LoadGate(\\$.*)?|java\\..*|org\\.jspecify\\..*");

    @ArchTest
    static final ArchRule theStoreKnowsNobodyWhoLoads = noClasses()
            .that()
            .haveNameMatching(".*\\.(Store|Slot|Retention)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    ".*\\.(Loads?|LoadRunner|LoadSettlement|LoadsInProgress|LoadGate|Reads|ResponseCache)(\\$.*)?");

    @ArchTest
    static final ArchRule loadsKnowNobodyWhoReads = noClasses()
            .that()
            .haveNameMatching(".*\\.(Loads?|LoadRunner|LoadSettlement|LoadsInProgress|LoadGate)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(".*\\.(Reads|ResponseCache|CacheBypass)(\\$.*)?");

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
    static final ArchRule nobodyReadsTheMachinesTime = noClasses()
            .that()
            .doNotHaveSimpleName("HttpCacheBuilder") // its default
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethodWhere(target(owner(equivalentTo(Clock.class))).and(target(nameMatching("system.*"))))
            .orShould()
            .callMethodWhere(target(owner(equivalentTo(InstantSource.class))).and(target(name("system"))));

    /** A caller's reading and Caffeine's are one: see {@link LatestReading}. */
    @ArchTest
    static final ArchRule theTimeSourceIsReadInOnePlace = noClasses()
            .that()
            .doNotHaveSimpleName("LatestReading")
            .and()
            .doNotHaveSimpleName("Alarm")
            .should()
            .callMethodWhere(target(owner(assignableTo(TimeSource.class))).and(target(name("nanos"))));

    /** A virtual thread that holds a monitor keeps its carrier on JDKs before 24. */
    @ArchTest
    static final ArchRule nobodyHoldsAMonitor = noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule waitingOnlyParks = noClasses()
            .should()
            .callMethodWhere(target(owner(equivalentTo(Thread.class))).and(target(name("sleep"))))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(Object.class))).and(target(name("wait"))));
}
