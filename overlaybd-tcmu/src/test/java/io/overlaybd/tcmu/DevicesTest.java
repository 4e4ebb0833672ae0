package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.service.ImageService;
import io.overlaybd.tcmu.netlink.TcmuEvent;
import io.overlaybd.tcmu.netlink.TcmuEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without a kernel that has such devices: what is replied, and when. */
@Timeout(60)
class DevicesTest {

    private static final String OURS = "tcm-user/1/a/overlaybd//nowhere/config.json";
    private static final int NO_SUCH_MINOR = 900_000;

    @TempDir
    private Path folder;

    private ImageService images;
    private Devices devices;
    private final List<String> replies = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void makeDevices() throws IOException {
        images = ImageService.configured(Optional.of(Files.writeString(folder.resolve("global.json"), "{}")));
        devices = new Devices(images);
    }

    @AfterEach
    void closeDevices() {
        devices.close();
        images.close();
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
                List.of("ADDED -2", "RECONFIGURED -95", "REMOVED 0", "REMOVED 0"),
                event(Kind.ADDED, NO_SUCH_MINOR, OURS),
                event(Kind.RECONFIGURED, NO_SUCH_MINOR, OURS),
                event(Kind.REMOVED, NO_SUCH_MINOR, OURS),
                event(Kind.REMOVED, NO_SUCH_MINOR, OURS));
    }

    @Test
    void deviceOfSomebodyElseIsRefused() throws InterruptedException {
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, NO_SUCH_MINOR, "tcm-user/1/a/qcow//x"));
    }

    @Test
    void nameThatIsNoneIsRefused() throws InterruptedException {
        assertReplies(List.of("ADDED -2"), event(Kind.ADDED, NO_SUCH_MINOR, ";//"));
    }

    @Test
    void deviceThatIsBusyHoldsUpNoOther() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        devices.handle(event(Kind.REMOVED, NO_SUCH_MINOR, OURS), (to, status) -> {
            await(other);
            both.countDown();
        });
        devices.handle(event(Kind.REMOVED, NO_SUCH_MINOR + 1, OURS), (to, status) -> {
            other.countDown();
            both.countDown();
        });
        both.await();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("the other device was held up");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void replyThatFailsIsNotRepeated() throws InterruptedException {
        CountDownLatch tried = new CountDownLatch(1);
        devices.handle(event(Kind.REMOVED, NO_SUCH_MINOR, OURS), (to, status) -> {
            tried.countDown();
            throw new IOException("the kernel has no such request");
        });
        tried.await();
        assertReplies(List.of("REMOVED 0"), event(Kind.REMOVED, NO_SUCH_MINOR, OURS));
    }
}
