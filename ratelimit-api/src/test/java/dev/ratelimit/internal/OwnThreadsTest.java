package dev.ratelimit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnThreadsTest {

    private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

    @Test
    @SuppressWarnings("ThreadPriorityCheck")
    void aThreadIsADaemonWithNothingOfItsStarter() throws Exception {
        CompletableFuture<Thread> made = new CompletableFuture<>();
        CompletableFuture<String> inherited = new CompletableFuture<>();
        Thread starter = new Thread(new ThreadGroup("of an application"), () -> {
            Thread.currentThread().setContextClassLoader(OwnThreadsTest.class.getClassLoader());
            INHERITABLE.set("of the starter");
            Thread own = OwnThreads.unstarted("own", () -> inherited.complete(String.valueOf(INHERITABLE.get())));
            made.complete(own);
            own.start();
        });
        starter.setPriority(Thread.MAX_PRIORITY);
        starter.start();
        assertThat(inherited.get()).isEqualTo("null");
        Thread own = made.get();
        assertThat(own.isDaemon()).isTrue();
        assertThat(own.getName()).isEqualTo("own");
        assertThat(own.getContextClassLoader()).isNull();
        assertThat(own.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(OwnThreads.unstarted("root", () -> {}).getThreadGroup().getParent())
                .isNull();
    }

    @Test
    void aFactoryNumbersItsThreads() {
        ThreadFactory threads = OwnThreads.named("of-a-module");
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("of-a-module-1");
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("of-a-module-2");
    }

    @Test
    void threadsForCodeOfOthersHaveTheLibrarysContextClassLoader() {
        ThreadFactory threads = OwnThreads.named("of-a-module", OwnThreads.class);
        assertThat(threads.newThread(() -> {}).getContextClassLoader()).isSameAs(OwnThreads.class.getClassLoader());
        assertThat(threads.newThread(() -> {}).isDaemon()).isTrue();
    }
}
