package dev.ratelimit.quota;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/** What must hold of the window around an instant. */
final class WindowFaults {

    private WindowFaults() {}

    /** What is wrong with the windows that a function finds: the one under test, or a twin that is broken. */
    static Optional<String> find(Function<Instant, WindowBounds> windows, WindowModel model, Instant instant) {
        WindowBounds bounds = windows.apply(instant);
        if (!bounds.contains(instant)) {
            return Optional.of(model.window() + ": " + bounds + " is without " + instant);
        }
        WindowBounds next = windows.apply(bounds.end());
        if (!next.start().equals(bounds.end())) {
            return Optional.of(model.window() + ": after " + bounds + " comes " + next);
        }
        WindowBounds last = windows.apply(bounds.start().minusNanos(1));
        if (!last.end().equals(bounds.start())) {
            return Optional.of(model.window() + ": before " + bounds + " comes " + last);
        }
        if (!bounds.start().equals(bounds.start().truncatedTo(ChronoUnit.SECONDS))) {
            return Optional.of(model.window() + ": " + bounds + " does not start at a whole second");
        }
        WindowBounds modelled = model.at(instant);
        if (!bounds.equals(modelled)) {
            return Optional.of(model.window() + ": " + bounds + ", but by the model " + modelled);
        }
        return Optional.empty();
    }
}
