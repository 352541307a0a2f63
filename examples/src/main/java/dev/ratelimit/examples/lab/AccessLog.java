package dev.ratelimit.examples.lab;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An access log, read whole and sorted by time.
 *
 * <p>Servers write a line when the answer is sent, so the lines are not in the order of their times. The sort is
 * stable: within one second, the order of the file stays.
 *
 * @param lines the readable lines, the earliest first
 * @param broken how many lines could not be read
 * @param firstBroken the number of the first of them, counted from 1; 0 if there is none
 */
record AccessLog(List<LogLine> lines, int broken, int firstBroken) {

    /** Longer lines are broken: no server accepts such a request, and a hostile file must not fill the memory. */
    private static final int MAX_LINE = 65_536;

    private static final int END = -1;
    private static final int TOO_LONG = -2;

    /** Reads a log; bytes are taken for ISO 8859-1, in which none is invalid. */
    static AccessLog read(Path file) throws IOException {
        List<LogLine> lines = new ArrayList<>();
        int number = 0;
        int broken = 0;
        int firstBroken = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), MAX_LINE)) {
            byte[] buffer = new byte[MAX_LINE];
            for (int length = next(in, buffer); length != END; length = next(in, buffer)) {
                number++;
                Optional<LogLine> line = length == TOO_LONG
                        ? Optional.empty()
                        : LogLine.parse(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                if (line.isPresent()) {
                    lines.add(line.get());
                } else {
                    broken++;
                    firstBroken = firstBroken == 0 ? number : firstBroken;
                }
            }
        }
        lines.sort(Comparator.comparing(LogLine::time));
        return new AccessLog(List.copyOf(lines), broken, firstBroken);
    }

    /** Reads one line into the buffer, without its end; returns its length, or that it is too long, or none. */
    private static int next(InputStream in, byte[] buffer) throws IOException {
        int length = 0;
        int b = in.read();
        if (b < 0) {
            return END;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (length < buffer.length) {
                buffer[length] = (byte) b;
            }
            length = Math.min(length + 1, buffer.length + 1);
        }
        if (length > buffer.length) {
            return TOO_LONG;
        }
        return length > 0 && buffer[length - 1] == '\r' ? length - 1 : length;
    }

    /** Returns how many clients there are. */
    long clients() {
        return lines.stream().map(LogLine::host).distinct().count();
    }
}
