package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.tcmu.netlink.TcmuEvent;
import io.overlaybd.tcmu.netlink.TcmuEvent.Kind;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rings and images are fakes here, the files of the kernel plain files. */
@Timeout(30)
class DevicesTest {

    private static final String OURS = "tcm-user/1/a/overlaybd//images/a";

    @TempDir
    private Path folder;

    private FakeKernel kernel;
    private Devices devices;
    private volatile Images images = name -> image();
    private final BlockingQueue<FakeServed> started = new LinkedBlockingQueue<>();
    private final Semaphore idle = new Semaphore(0);
    private final List<String> replies = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void makeDevices() throws IOException {
        kernel = new FakeKernel(folder);
        devices = new Devices(
                kernel.files(), name -> images.open(name), this::start, new WhenIdle(Duration.ZERO, idle::release));
    }

    @AfterEach
    void closeDevices() {
        devices.close();
    }

    private Served start(Backstore backstore, boolean found, Runnable whenLost) {
        FakeServed device = new FakeServed(backstore, found, whenLost);
        started.add(device);
        return device;
    }

    private static BlockDevice image() {
        return MemoryDevice.random(new Random(1), 65536, 2);
    }

    private static TcmuEvent event(Kind kind, int minor, String name) {
        return new TcmuEvent(kind, minor + 1, minor, name);
    }

    private void assertReplies(List<String> expected, TcmuEvent... events) throws InterruptedException {
        CountDownLatch replied = new CountDownLatch(events.length);
        for (TcmuEvent event : events) {
            devices.handle(event, (to, status) -> {
                replies.add(to.kind() + " " + status);
                replied.countDown();
            });
        }
        replied.await();
        assertEquals(expected, replies);
    }

    @Test
    void eventsOfOneDeviceAreRepliedToOnceAndInOrder() throws InterruptedException {
        assertReplies(
                List.of("ADDED 0", "RECONFIGURED -95", "REMOVED 0", "REMOVED 0"),
                event(Kind.ADDED, 3, OURS),
                event(Kind.RECONFIGURED, 3, OURS),
                event(Kind.REMOVED, 3, OURS),
                event(Kind.REMOVED, 3, OURS));
        assertTrue(started.take().isClosed());
    }

    @Test
    void idleIsWhoHasLostTheLastDevice() throws InterruptedException {
        assertReplies(List.of("ADDED 0"), event(Kind.ADDED, 3, OURS));
        assertReplies(List.of("ADDED 0", "ADDED 0"), event(Kind.ADDED, 4, OURS));
        assertReplies(List.of("ADDED 0", "ADDED 0", "REMOVED 0"), event(Kind.REMOVED, 3, OURS));
        assertReplies(List.of("ADDED 0", "ADDED 0", "REMOVED 0", "REMOVED 0"), event(Kind.REMOVED, 4, OURS));
        idle.acquire();
        devices.close();
        assertEquals(0, idle.availablePermits());
    }

    @Test
    void deviceOfSomebodyElseIsRefused() throws InterruptedException {
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, "tcm-user/1/a/qcow//x"));
        assertTrue(started.isEmpty());
    }

    @Test
    void beginOfOurSubtypeIsNotOurs() throws InterruptedException {
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, "tcm-user/1/a/over//x"));
    }

    @Test
    void nameThatIsNoneIsRefused() throws InterruptedException {
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, ";//"));
    }

    @Test
    void imageThatCannotBeOpenedIsNoSuchFileAndServedNoLonger() throws InterruptedException {
        images = name -> {
            throw new IOException("registry says no");
        };
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, OURS));
        assertTrue(started.take().isClosed());
    }

    @Test
    void defectsAndLackOfMemoryAreRepliedToAsWell() throws InterruptedException {
        images = name -> {
            throw new OutOfMemoryError("thrown by a test");
        };
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, OURS));
        assertTrue(started.take().isClosed());
        images = name -> {
            throw new IllegalStateException("thrown by a test");
        };
        assertReplies(List.of("ADDED -2", "ADDED -2"), event(Kind.ADDED, 3, OURS));
        assertTrue(started.take().isClosed());
    }

    @Test
    void eventAfterTheEndIsRepliedTo() throws InterruptedException {
        devices.close();
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, 3, OURS));
    }

    @Test
    void deviceThatIsBusyHoldsUpNoOther() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        devices.handle(event(Kind.REMOVED, 3, OURS), (to, status) -> {
            await(other);
            both.countDown();
        });
        devices.handle(event(Kind.REMOVED, 4, OURS), (to, status) -> {
            other.countDown();
            both.countDown();
        });
        both.await();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void replyThatFailsIsNotRepeated() throws InterruptedException {
        CountDownLatch tried = new CountDownLatch(1);
        devices.handle(event(Kind.REMOVED, 3, OURS), (to, status) -> {
            tried.countDown();
            throw new IOException("the kernel has no such request");
        });
        tried.await();
        assertReplies(List.of("REMOVED 0"), event(Kind.REMOVED, 3, OURS));
    }

    @Test
    void predecessorsDevicesAreServedOnWithAnEmptyRing() throws Exception {
        Backstore a = kernel.add(3, "a");
        kernel.add(4, "b", "tcm-user/1/b/qcow//x");
        devices.findAgain(Backstore.existing(kernel.files()));
        FakeServed device = started.take();
        device.awaitImage();
        assertEquals(a, device.backstore());
        assertTrue(device.found());
        kernel.awaitUnblocked(a);
        assertEquals(List.of(), devices.waitingForImages());
        assertTrue(started.isEmpty());
    }

    @Test
    void deviceWithoutItsImageIsServedAndItsImageTriedAgain() throws Exception {
        CountDownLatch failures = new CountDownLatch(2);
        images = name -> {
            failures.countDown();
            if (failures.getCount() > 0) {
                throw new IOException("not there yet");
            }
            return image();
        };
        Backstore a = kernel.add(3, "a");
        devices.findAgain(List.of(a));
        FakeServed device = started.take();
        device.awaitImage();
        assertFalse(device.isClosed());
        kernel.awaitUnblocked(a);
    }

    @Test
    void commandsAreHeldBackUntilTheFirstAttemptIsOver() throws Exception {
        Backstore a = kernel.add(3, "a");
        CountDownLatch opening = new CountDownLatch(1);
        images = name -> {
            assertEquals("1", blocked(a));
            opening.countDown();
            throw new IOException("no image");
        };
        devices.findAgain(List.of(a));
        opening.await();
        kernel.awaitUnblocked(a);
        assertEquals(List.of("uio3"), devices.waitingForImages());
        assertFalse(started.take().isClosed());
    }

    private String blocked(Backstore backstore) {
        try {
            return kernel.blocked(backstore);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void deviceIsRemovedWhileItsImageIsStillBeingOpened() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        images = name -> {
            opening.countDown();
            await(removed);
            return image();
        };
        devices.findAgain(List.of(kernel.add(3, "a")));
        opening.await();
        assertReplies(List.of("REMOVED 0"), event(Kind.REMOVED, 3, OURS));
        assertTrue(started.take().isClosed());
        removed.countDown();
    }

    @Test
    void deviceThatWentWithoutAWordIsDropped() throws Exception {
        Backstore a = kernel.add(3, "a");
        devices.findAgain(List.of(a));
        FakeServed device = started.take();
        kernel.remove(a);
        device.lose();
        device.awaitClosed();
        assertReplies(List.of("ADDED 0"), event(Kind.ADDED, 3, OURS));
    }

    @Test
    void deviceWhoseRingIsBrokenIsTakenUpAgain() throws Exception {
        Backstore a = kernel.add(3, "a");
        devices.findAgain(List.of(a));
        started.take().lose();
        FakeServed again = started.take();
        again.awaitImage();
        assertTrue(again.found());
    }

    @Test
    void loserOfANumberThatAnotherDeviceHasNowDropsNothing() throws Exception {
        devices.findAgain(List.of(kernel.add(3, "a")));
        FakeServed first = started.take();
        assertReplies(List.of("ADDED 0"), event(Kind.ADDED, 3, OURS));
        FakeServed second = started.take();
        first.lose();
        assertReplies(List.of("ADDED 0", "RECONFIGURED -95"), event(Kind.RECONFIGURED, 3, OURS));
        assertTrue(first.isClosed());
        assertFalse(second.isClosed());
    }

    @Test
    void devicesThatAreGoneWhenTheyAreLookedForAgainAreDropped() throws Exception {
        Backstore a = kernel.add(3, "a");
        devices.findAgain(List.of(a));
        FakeServed device = started.take();
        device.awaitImage();
        kernel.remove(a);
        Backstore b = kernel.add(4, "b");
        devices.findAgain(Backstore.existing(kernel.files()));
        device.awaitClosed();
        assertEquals(b, started.take().backstore());
    }

    @Test
    void atTheEndDevicesAreHandedOverAndOpeningsEnd() throws Exception {
        Backstore a = kernel.add(3, "a");
        devices.findAgain(List.of(a));
        FakeServed device = started.take();
        device.awaitImage();
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        images = name -> {
            opening.countDown();
            await(ending);
            throw new IOException("the daemon is ending");
        };
        CountDownLatch replied = new CountDownLatch(1);
        devices.handle(event(Kind.ADDED, 4, OURS), (to, status) -> replied.countDown());
        opening.await();
        devices.handOver(ending::countDown);
        replied.await();
        assertTrue(device.isHandedOver());
    }
}
