package io.overlaybd.tcmu.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    private static final long PID = 42;

    @TempDir
    Path folder;

    @Test
    void eachMessageIsOneDatagram() throws InterruptedException {
        String path = folder.resolve("notify").toString();
        try (Listener listener = new Listener(path);
                Supervisor manager = Supervisor.of(Map.of("NOTIFY_SOCKET", path), PID)) {
            manager.ready("serves 3 disks");
            assertEquals("READY=1\nSTATUS=serves 3 disks", listener.next());
            manager.reloading();
            assertTrue(listener.next().matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
            manager.stopping();
            assertEquals("STOPPING=1\nSTATUS=handing over", listener.next());
        }
    }

    @Test
    void socketInNoFileSystemIsReached() throws InterruptedException {
        String name = "overlaybd-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (Listener listener = new Listener("\0" + name);
                Supervisor manager = Supervisor.of(Map.of("NOTIFY_SOCKET", "@" + name), PID)) {
            manager.status("here");
            assertEquals("STATUS=here", listener.next());
        }
    }

    @Test
    void withoutManagerAllIsForNobody() {
        Map<String, String> environment = Map.of("WATCHDOG_USEC", "1000000");
        try (Supervisor manager = Supervisor.of(environment, PID)) {
            manager.ready("here");
            assertEquals(Optional.empty(), manager.watchdog());
        }
    }

    @Test
    void managerThatIsGoneEndsNothing() {
        String path = folder.resolve("gone").toString();
        Supervisor nobody = Supervisor.of(Map.of("NOTIFY_SOCKET", path), PID);
        nobody.ready("here");
        Listener listener = new Listener(path);
        Supervisor manager = Supervisor.of(Map.of("NOTIFY_SOCKET", path), PID);
        listener.close();
        manager.ready("here");
        manager.close();
        manager.close();
        manager.ready("still here");
    }

    @Test
    void nameThatIsTooLongIsNone() {
        try (Supervisor manager = Supervisor.of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(107)), PID)) {
            manager.ready("here");
        }
    }

    @Test
    void watchdogIsOursOnlyIfSetUpForThisProcess() {
        String path = folder.resolve("notify").toString();
        try (Listener listener = new Listener(path)) {
            assertTrue(listener.isSilent());
            assertEquals(Optional.of(Duration.ofSeconds(1)), watchdog(path, "1000000", "42"));
            assertEquals(Optional.empty(), watchdog(path, "1000000", "43"));
            assertEquals(Optional.empty(), watchdog(path, "soon", "42"));
            assertEquals(Optional.empty(), watchdog(path, "-1", "42"));
            assertEquals(Optional.empty(), watchdog(path, "9223372036854775807", "42"));
        }
    }

    private static Optional<Duration> watchdog(String path, String microseconds, String pid) {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", microseconds, "WATCHDOG_PID", pid);
        try (Supervisor manager = Supervisor.of(environment, PID)) {
            return manager.watchdog();
        }
    }
}
