package dev.ratelimit.benchmarks.peers;

import com.alibaba.csp.sentinel.EntryType;
import com.alibaba.csp.sentinel.SphO;
import com.alibaba.csp.sentinel.slots.block.flow.param.ParamFlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.param.ParamFlowRuleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A limit of Sentinel's for each value of a hot parameter.
 *
 * <p>It keeps at most 4,000 values for each second of its period, and 200,000 in all; beyond that, it forgets those
 * that came longest ago. So a million keys are more than it can keep, and those that it forgot start with a full
 * budget.
 */
final class SentinelRule {

    /** The longest period for which more of it means more values. */
    private static final int MAX_VALUES_SECONDS = 50;

    private static final List<ParamFlowRule> RULES = new ArrayList<>();

    private SentinelRule() {}

    /** Makes a rule, and what asks it. */
    static synchronized KeyedLimiter of(Budget budget) {
        if (RULES.isEmpty()) {
            logElsewhere();
        }
        String resource = "resource-" + RULES.size();
        boolean endless = budget == Budget.NEVER_SPENT;
        ParamFlowRule rule = new ParamFlowRule(resource).setParamIdx(0);
        rule.setCount((double) (endless ? budget.burst() : budget.permits()));
        rule.setDurationInSec(endless ? MAX_VALUES_SECONDS : budget.period().toSeconds());
        RULES.add(rule);
        ParamFlowRuleManager.loadRules(List.copyOf(RULES));
        return key -> {
            boolean entered = SphO.entry(resource, EntryType.OUT, 1, key);
            if (entered) {
                SphO.exit(1, key);
            }
            return entered;
        };
    }

    /** Its log files belong to the run, not into the home folder. */
    private static void logElsewhere() {
        try {
            System.setProperty(
                    "csp.sentinel.log.dir",
                    Files.createTempDirectory("sentinel").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
