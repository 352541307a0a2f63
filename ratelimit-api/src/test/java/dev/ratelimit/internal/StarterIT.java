package dev.ratelimit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that goes on does not keep the class loader of the code that started it. */
class StarterIT {

    private static final int COLLECTIONS = 40;

    /**
     * An ordinary thread keeps it, by the context class loader; without that, on JDKs before 24, by the access control
     * context.
     */
    @ParameterizedTest(name = "an own thread: {0}")
    @ValueSource(booleans = {true, false})
    void theStartersClassLoaderIsCollectedIfTheThreadIsTheLibrarys(boolean isOwn) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ThreadFactory threads = isOwn ? OwnThreads.named("own") : Thread::new;
        WeakReference<ClassLoader> loader = startFromAnApplication(threads, () -> awaitQuietly(end));
        try {
            for (int i = 0; i < COLLECTIONS && loader.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(loader.get() == null).isEqualTo(isOwn);
        } finally {
            end.countDown();
        }
    }

    private static WeakReference<ClassLoader> startFromAnApplication(ThreadFactory threads, Runnable task)
            throws Exception {
        ClassLoader application = new Application();
        @SuppressWarnings("unchecked")
        BiConsumer<ThreadFactory, Runnable> starter = (BiConsumer<ThreadFactory, Runnable>) application
                .loadClass(Starter.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        assertThat(starter.getClass()).isNotEqualTo(Starter.class);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(application);
        try {
            starter.accept(threads, task);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        return new WeakReference<>(application);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The class of an application, which starts a thread that runs nothing of the application's. */
    public static final class Starter implements BiConsumer<ThreadFactory, Runnable> {

        /** For reflection. */
        public Starter() {}

        @Override
        public void accept(ThreadFactory threads, Runnable task) {
            threads.newThread(task).start();
        }
    }

    /** A class loader that has the starter for itself, and shares all else. */
    private static final class Application extends ClassLoader {

        Application() {
            super(StarterIT.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(Starter.class.getName()) ? own(name) : super.loadClass(name, resolve);
        }

        private Class<?> own(String name) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
