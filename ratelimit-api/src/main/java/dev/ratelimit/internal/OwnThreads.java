package dev.ratelimit.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The library's threads: daemons that inherit nothing of the thread which starts them.
 *
 * <p>A thread normally takes over much of its starter, and keeps it alive for as long as it runs: inheritable thread-locals,
 * the context class loader, the thread group, and, on JDKs before 24, an access control context that names the class loader
 * of each class on the starter's stack. One application that starts a thread which all share could so never be collected.
 * These threads have no thread-locals, no context class loader, the root group and the normal priority. Their access control
 * context names only this library.
 *
 * <p>Thread-safe.
 */
public final class OwnThreads {

    /** {@code AccessController.doPrivileged}, by reflection because it is to be removed; null on a JDK without it. */
    private static final @Nullable MethodHandle PRIVILEGED = privileged();

    private OwnThreads() {}

    /**
     * Makes a factory of threads whose names end in ascending numbers.
     *
     * @param name what the names begin with
     * @return the factory
     */
    public static ThreadFactory named(String name) {
        AtomicLong number = new AtomicLong();
        return task -> unstarted(name + "-" + number.incrementAndGet(), task);
    }

    /**
     * Makes a factory of threads whose names end in ascending numbers, for code of others that wants a context class loader:
     * drivers of databases, and loaders of values. They get that of a class of the library's, which they keep alive anyhow.
     *
     * @param name what the names begin with
     * @param user the class that has the threads
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
     * Makes a thread that is not started yet.
     *
     * @param name its name
     * @param task what it runs
     * @return the thread
     */
    public static Thread unstarted(String name, Runnable task) {
        PrivilegedAction<Thread> make = () -> make(name, task);
        if (PRIVILEGED == null) {
            return make.run();
        }
        try {
            // The context that the thread takes over begins here: what called this method is not in it.
            return (Thread) PRIVILEGED.invoke(make);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a thread could not be made", e);
        }
    }

    // A new thread has its starter's priority: this one is set so that it does not.
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
