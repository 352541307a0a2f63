package dev.ratelimit.benchmarks;

/** Virtual threads, where the JDK has them: the code is that of Java 17, which has none. */
final class VirtualThreads {

    private VirtualThreads() {}

    static boolean available() {
        return Runtime.version().feature() >= 21;
    }

    /** Makes one. */
    static Thread unstarted(Runnable work) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (Thread) Class.forName("java.lang.Thread$Builder")
                    .getMethod("unstarted", Runnable.class)
                    .invoke(builder, work);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("there are no virtual threads in " + Runtime.version(), e);
        }
    }
}
