package io.overlaybd.tcmu.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {

    private static final String ALIVE = "WATCHDOG=1\nSTATUS=serves 1 disk";

    private final BlockingQueue<Runnable> given = new LinkedBlockingQueue<>();
    private final Executor slow = given::add;

    @TempDir
    Path folder;

    private Listener listener;
    private Supervisor manager;
    private Watchdog watchdog;

    @BeforeEach
    void listen() {
        String path = folder.resolve("notify").toString();
        listener = new Listener(path);
        manager = Supervisor.of(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "4000"), 1);
    }

    @AfterEach
    void close() {
        watchdog.close();
        manager.close();
        listener.close();
    }

    @Test
    void loopsThatAnswerKeepTheProcessAlive() throws InterruptedException {
        watch(() -> "serves 1 disk", Runnable::run, Runnable::run);
        for (int round = 0; round < 5; round++) {
            assertEquals(ALIVE, listener.next());
        }
    }

    @Test
    void oneLoopThatHangsKeepsTheMessageBack() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();
        watch(() -> "round " + rounds.incrementAndGet(), slow, Runnable::run);
        for (int round = 1; round < 5; round++) {
            Runnable question = given.take();
            assertEquals("WATCHDOG=1\nSTATUS=round " + round, listener.next());
            assertEquals(round, rounds.get());
            question.run();
        }
    }

    private void watch(Supplier<String> status, Executor... loops) {
        watchdog = Watchdog.start(manager, List.of(loops), status);
    }
}
