package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.tcmu.netlink.TcmuEvent;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events that never come are those that no test sends. */
@Timeout(30)
class LostEventsTest {

    @TempDir
    private Path folder;

    private FakeKernel kernel;
    private KernelModule module;
    private Devices devices;
    private LostEvents lost;
    private final CountDownLatch slowOpens = new CountDownLatch(1);
    private final BlockingQueue<FakeServed> started = new LinkedBlockingQueue<>();
    private final List<Integer> replies = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        kernel = new FakeKernel(folder);
        Files.writeString(kernel.files().module().resolve("block_netlink"), "0");
        Files.writeString(kernel.files().module().resolve("reset_netlink"), "");
        module = KernelModule.claim(kernel.files(), Duration.ZERO);
        devices = new Devices(kernel.files(), this::open, this::start, new WhenIdle(Duration.ZERO, () -> {}));
        lost = new LostEvents(module, devices, kernel.files(), Duration.ofMillis(50));
    }

    @AfterEach
    void stop() {
        slowOpens.countDown();
        devices.close();
        module.close();
    }

    private MemoryDevice open(DeviceName name) throws IOException {
        if (name.path().endsWith("slow")) {
            try {
                slowOpens.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        return MemoryDevice.random(new Random(1), 65536, 2);
    }

    private Served start(Backstore backstore, boolean found, Runnable whenLost) {
        FakeServed device = new FakeServed(backstore, found, whenLost);
        started.add(device);
        return device;
    }

    @Test
    void deviceThatNobodyToldOfIsServed() throws Exception {
        Backstore missed = kernel.add(3, "missed");
        lost.makeUp();
        FakeServed device = started.take();
        device.awaitImage();
        assertEquals(missed, device.backstore());
        assertTrue(device.found());
        kernel.awaitUnblocked(missed);
    }

    @Test
    void deviceWhoseEndNobodyToldOfIsDroppedAndOthersStay() throws Exception {
        Backstore gone = kernel.add(3, "gone");
        Backstore there = kernel.add(4, "there");
        devices.findAgain(List.of(gone, there));
        FakeServed first = started.take();
        FakeServed second = started.take();
        first.awaitImage();
        second.awaitImage();
        kernel.remove(gone);
        lost.makeUp();
        (first.backstore().equals(gone) ? first : second).awaitClosed();
        assertFalse((first.backstore().equals(gone) ? second : first).isClosed());
        assertTrue(started.isEmpty());
    }

    @Test
    void whoeverWaitsIsLetGoAndThenToldNothingMore() throws Exception {
        Backstore slow = kernel.add(5, "slow");
        TcmuEvent event = new TcmuEvent(TcmuEvent.Kind.ADDED, 1, 5, slow.name().text());
        devices.handle(event, (to, status) -> replies.add(status));
        FakeServed device = started.take();
        lost.makeUp();
        assertEquals("1", kernel.parameter("reset_netlink"));
        assertEquals("0", kernel.parameter("block_netlink"));
        slowOpens.countDown();
        device.awaitImage();
        devices.close();
        assertTrue(replies.isEmpty(), "a reply would be taken for one to the device's next event");
    }
}
