package dev.ratelimit.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Factory of the library's threads: daemons that inherit nothing from the thread that starts them.
 *
 * <p>A thread normally inherits state from its starter, and keeps it reachable for as long as the thread runs:
 * inheritable thread-locals, the context class loader, the thread group, and, on JDKs before 24, an access control
 * context that references the class loader of each class on the starter's stack. So an application that starts a thread
 * shared by all could never be garbage-collected. These threads have no thread-locals, no context class loader, the
 * root group and the normal priority. Their access control context references only this library.
 *
 * <p>Thread-safe.
 */
public final class OwnThreads {

    /**
     * {@code AccessController.doPrivileged}, by reflection because it is deprecated for removal; null on a JDK without
     * it.
     */
    private static final @Nullable MethodHandle PRIVILEGED = privileged();

    private OwnThreads() {}

    /**
     * Returns a factory of threads whose names end in ascending numbers.
     *
     * @param name the prefix of the names
     * @return the factory
     */
    public static ThreadFactory named(String name) {
        AtomicLong number = new AtomicLong();
        return task -> unstarted(name + "-" + number.incrementAndGet(), task);
    }

    /**
     * Returns a factory of threads whose names end in ascending numbers, for third-party code that needs a context
     * class loader, such as database drivers and loaders of values. The threads get the class loader of a library
     * class, which they keep reachable anyway.
     *
     * @param name the prefix of the names
     * @param user the class that uses the threads
     * @return the factory
     */
    public static ThreadFactory named(String name, Class<?> user) {
        ThreadFactory threads = named(name);
        return task -> {
            Thread thread = threads.newThread(task);
            thread.setContextClassLoader(user.getClassLoader());
            return thread;
        };
    }

    /**
     * Returns a thread that is not started yet.
     *
     * @param name the name of the thread
     * @param task the task that the thread runs
     * @return the thread
     */
    public static Thread unstarted(String name, Runnable task) {
        PrivilegedAction<Thread> make = () -> make(name, task);
        if (PRIVILEGED == null) {
            return make.run();
        }
        try {
            // The inherited context begins here, so it does not contain the callers of this method.
            return (Thread) PRIVILEGED.invoke(make);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a thread could not be made", e);
        }
    }

    // A new thread inherits its starter's priority unless it is set.
    @SuppressWarnings("ThreadPriorityCheck")
    private static Thread make(String name, Runnable task) {
        Thread thread = new Thread(root(), task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.setPriority(Thread.NORM_PRIORITY);
        return thread;
    }

    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }

    private static @Nullable MethodHandle privileged() {
        try {
            Class<?> controller = Class.forName("java.security.AccessController");
            return MethodHandles.lookup()
                    .findStatic(
                            controller, "doPrivileged", MethodType.methodType(Object.class, PrivilegedAction.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
