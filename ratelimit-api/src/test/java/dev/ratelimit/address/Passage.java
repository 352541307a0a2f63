package dev.ratelimit.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One request's passage through trusted proxies: what each of them appends, and who the client is in truth.
 *
 * @param field what is read, by whom it may be trusted
 * @param proxies the same proxies, for those who read the field otherwise
 * @param peer the last proxy, or the client if there is none
 * @param appended the elements that the proxies append, the first proxy's first
 * @param ownLine whether each appends a line of its own, or to the last line
 * @param client whom the request has to be charged to
 */
record Passage(
        ClientAddress field,
        TrustedProxies proxies,
        InetAddress peer,
        List<String> appended,
        List<Boolean> ownLine,
        InetAddress client) {

    /** Returns the field as it arrives if the client has sent it with these lines. */
    List<String> arriving(List<String> sent) {
        List<String> lines = new ArrayList<>(sent);
        for (int i = 0; i < appended.size(); i++) {
            int last = lines.size() - 1;
            if (lines.isEmpty() || ownLine.get(i)) {
                lines.add(appended.get(i));
            } else {
                lines.set(last, lines.get(last) + (i % 2 == 0 ? ", " : ",") + appended.get(i));
            }
        }
        return lines;
    }

    boolean isForwarded() {
        return field.fieldName().equals("Forwarded");
    }
}
