package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.quota.QuotaDecision;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Problem details are the body of a refusal, as JSON for programs (RFC 9457).
 *
 * <pre>{@code
 * ProblemDetails problem = ProblemDetails.of(decision);
 * response.setStatus(problem.status());
 * response.setHeader("Content-Type", ProblemDetails.MEDIA_TYPE);
 * response.write(problem.json());
 * }</pre>
 *
 * <p>The types are those that draft-ietf-httpapi-ratelimit-headers-11 registers:
 *
 * <table>
 * <caption>Type and status by the reason of the refusal</caption>
 * <tr><th>Reason</th><th>Type</th><th>Status</th></tr>
 * <tr><td>{@code EXCEEDS_CAPACITY}</td><td>{@code quota-exceeded}</td><td>413</td></tr>
 * <tr><td>{@code BLOCKED}</td><td>{@code about:blank}</td><td>403</td></tr>
 * <tr><td>{@code OVER_LIMIT}, {@code BLACKOUT}, {@code TOO_MANY_CONCURRENT}</td><td>{@code
 * quota-exceeded}</td><td>429</td></tr>
 * <tr><td>a quota with too few units left</td><td>{@code quota-exceeded}</td><td>429</td></tr>
 * <tr><td>a quota whose limit is below the amount</td><td>{@code quota-exceeded}</td><td>413</td></tr>
 * <tr><td>{@code SATURATED}, {@code TOO_MANY_WAITING}</td><td>{@code temporary-reduced-capacity}</td><td>503</td></tr>
 * <tr><td>a quota whose store is away</td><td>{@code temporary-reduced-capacity}</td><td>503</td></tr>
 * </table>
 *
 * <p>A blocked client is forbidden, and has no quota to exceed. RFC 9457 (section 4.2.1) defines {@code about:blank}
 * for problems that the status fully describes. A request above the capacity exceeds the quota, but 429 would tell the
 * client to retry in vain; 413 says that the request is too large. The client is not at fault for a saturated table,
 * and its quota may be untouched. The draft's third type, {@code abnormal-usage-detected}, is never used, because a
 * limit only counts and cannot tell intentions.
 *
 * <p>If several limits refuse, the first of their reasons in the table decides type and status. The member
 * {@code violated-policies} has the names of all limits that refuse, in the given order. They are the names in
 * {@link HttpFields}.
 *
 * <p>Immutable and thread-safe.
 */
public final class ProblemDetails {

    /** The media type of the body. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private final Problem problem;
    private final String detail;
    private final List<String> violatedPolicies;

    private ProblemDetails(Problem problem, String detail, List<String> violatedPolicies) {
        this.problem = problem;
        this.detail = detail;
        this.violatedPolicies = violatedPolicies;
    }

    /**
     * Returns the problem of a request that a limiter or a composition of limits refused. The limits have the names of
     * their policies.
     *
     * @param decision the refusal
     * @return the problem
     * @throws IllegalArgumentException if the decision allows, or two policies have the same name
     */
    public static ProblemDetails of(Decision decision) {
        return of(ServiceLimit.each(decision));
    }

    /**
     * Returns the problem of a request that a quota refused, or that cannot be counted because the store is away.
     *
     * @param decision the refusal
     * @return the problem
     * @throws IllegalArgumentException if the decision allows
     */
    public static ProblemDetails of(QuotaDecision decision) {
        return of(ServiceLimit.each(decision));
    }

    /**
     * Returns the problem of a request that one limit refused.
     *
     * @param name the name that clients know the limit by: printable ASCII, at least one character
     * @param decision the refusal
     * @return the problem
     * @throws IllegalArgumentException if the decision allows, or the name is empty or holds any other character
     */
    public static ProblemDetails of(String name, Decision decision) {
        return of(ServiceLimit.of(name, decision));
    }

    /**
     * Returns the problem of a request that a quota refused.
     *
     * @param name the name that clients know the quota by: printable ASCII, at least one character
     * @param decision the refusal
     * @return the problem
     * @throws IllegalArgumentException if the decision allows, or the name is empty or holds any other character
     */
    public static ProblemDetails of(String name, QuotaDecision decision) {
        return of(ServiceLimit.of(name, decision));
    }

    /**
     * Returns the problem of a request that one or several limits refused.
     *
     * @param limits all limits that decided, all with different names; at least one of them refuses
     * @return the problem
     * @throws IllegalArgumentException if all of them allow, or two have the same name
     */
    public static ProblemDetails of(ServiceLimit... limits) {
        return of(List.of(limits));
    }

    /**
     * Returns the problem of a request that one or several limits refused.
     *
     * @param limits all limits that decided, all with different names; at least one of them refuses
     * @return the problem
     * @throws IllegalArgumentException if all of them allow, or two have the same name
     */
    public static ProblemDetails of(List<ServiceLimit> limits) {
        List<ServiceLimit> refusing = ServiceLimit.ofOneAnswer(limits).stream()
                .filter(limit -> !limit.allowed())
                .toList();
        Problem problem = refusing.stream()
                .map(limit -> limit.figures().problem().orElseThrow())
                .min(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalArgumentException(
                        "all of the limits allow; ask for problem details only if decision.allowed() is false"));
        return new ProblemDetails(
                problem,
                explanation(refusing),
                refusing.stream().map(ServiceLimit::name).toList());
    }

    private static String explanation(List<ServiceLimit> refusing) {
        String sentences = refusing.stream()
                .map(limit -> limit.figures().sentence(limit.name(), limit.unit()))
                .collect(Collectors.joining(" "));
        OptionalLong wait = HttpFields.maxWait(refusing);
        return wait.isPresent() ? sentences + " Try again in " + wait.getAsLong() + " s." : sentences;
    }

    /**
     * Returns this problem with another explanation, for instance in another language or with fewer details.
     *
     * @param detail the explanation, for a person to read; any characters
     * @return the problem with that explanation
     */
    public ProblemDetails detail(String detail) {
        return new ProblemDetails(problem, Objects.requireNonNull(detail, "detail"), violatedPolicies);
    }

    /**
     * Returns the status for the response, which the body contains, too.
     *
     * @return 403, 413, 429 or 503
     */
    public int status() {
        return problem.status;
    }

    /**
     * Returns the type, by which programs should tell problems apart.
     *
     * @return a URI
     */
    public String type() {
        return problem.type.uri;
    }

    /**
     * Returns the title, which is the same for all problems of this type.
     *
     * @return the title
     */
    public String title() {
        return problem.type.title;
    }

    /**
     * Returns the explanation for a person to read. Unless replaced, it is in English and contains the limits' figures.
     *
     * @return the explanation
     */
    public String detail() {
        return detail;
    }

    /**
     * Returns the names of the limits that refuse.
     *
     * @return the names, at least one
     */
    public List<String> violatedPolicies() {
        return violatedPolicies;
    }

    /**
     * Returns the body: a JSON object (RFC 8259) on one line, in ASCII, so that any charset works.
     *
     * @return the object with the members {@code type}, {@code title}, {@code status}, {@code detail} and
     *     {@code violated-policies}
     */
    public String json() {
        String names = violatedPolicies.stream().map(JsonText::quoted).collect(Collectors.joining(","));
        return "{\"type\":" + JsonText.quoted(problem.type.uri) + ",\"title\":" + JsonText.quoted(problem.type.title)
                + ",\"status\":" + problem.status + ",\"detail\":" + JsonText.quoted(detail)
                + ",\"violated-policies\":["
                + names + "]}";
    }

    /** Returns the body. */
    @Override
    public String toString() {
        return json();
    }
}
