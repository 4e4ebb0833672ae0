package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads of a device whose registry fails for longer than an operation of the client lasts. */
@ExtendWith(Seeded.class)
class PatientDeviceTest {

    private static final int SECTORS = 2000;
    private static final Duration LONG = Duration.ofDays(7);

    /** Of one operation of the client. */
    private static final int ATTEMPTS = 5;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private byte[] data;
    private RemoteLab lab;
    private ImageService service;
    private BlockDevice opened;

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.anonymous();
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    /** The begin and the end of the blob are in the cache once it is open, the middle is not. */
    @BeforeEach
    void openImage(Random random) throws IOException {
        data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
        random.nextBytes(data);
        Path layer = LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, SECTORS, 0, data);
        lab = new RemoteLab(folder, registry);
        service = lab.service(64 << 10);
        opened = service.open(lab.image(Files.readAllBytes(layer)));
    }

    @AfterEach
    void close() throws IOException {
        opened.close();
        service.close();
        lab.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    private byte[] read(BlockDevice device) throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(data.length);
        device.read(0, dst);
        return dst.array();
    }

    @Test
    void readOutlastsARegistryThatFailsForLongerThanAnOperation() throws IOException {
        lab.proxy.next(
                Request::isRanged,
                Collections.nCopies(4 * ATTEMPTS, Fault.status(503)).toArray(Fault[]::new));
        assertArrayEquals(data, read(new PatientDevice(opened, new Patience(LONG, true))));
    }

    @Test
    void readOutlastsARefusalIfThatIsWanted() throws IOException {
        lab.proxy.next(Request::isRanged, Fault.status(403), Fault.status(403));
        assertArrayEquals(data, read(new PatientDevice(opened, new Patience(LONG, true))));
    }

    @Test
    void refusalIsAnErrorIfNot() {
        lab.proxy.always(Request::isRanged, Fault.status(403));
        assertThrows(IOException.class, () -> read(new PatientDevice(opened, new Patience(LONG, false))));
    }

    @Test
    void spentPatienceIsAnError() {
        lab.proxy.always(Request::isRanged, Fault.status(503));
        assertThrows(
                IOException.class, () -> read(new PatientDevice(opened, new Patience(Duration.ofMillis(100), true))));
        assertTrue(lab.proxy.requests().size() > ATTEMPTS, "it was tried again");
    }

    @Test
    void readOutlastsAnswersThatMakeNoSense() throws IOException {
        Fault anotherRange = Fault.headers("Content-Range", "bytes 1-2/3");
        lab.proxy.next(Request::isRanged, Collections.nCopies(6, anotherRange).toArray(Fault[]::new));
        assertArrayEquals(data, read(new PatientDevice(opened, new Patience(LONG, true))));
    }

    @Test
    void answersThatNeverMakeSenseAreAnErrorInTheEnd() {
        lab.proxy.always(Request::isRanged, Fault.headers("Content-Range", "bytes 1-2/3"));
        Duration shorter = Duration.ofMillis(300);
        assertThrows(IOException.class, () -> read(new PatientDevice(opened, new Patience(LONG, shorter, true))));
        assertTrue(lab.proxy.requests().size() > ATTEMPTS, "it was tried again");
    }

    @Test
    void blobThatIsGoneIsAnErrorAtOnce() {
        lab.proxy.always(Request::isRanged, Fault.status(404));
        assertThrows(IOException.class, () -> read(new PatientDevice(opened, new Patience(LONG, true))));
    }

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        lab.proxy.always(Request::isRanged, Fault.status(503));
        PatientDevice device = new PatientDevice(opened, new Patience(LONG, true));
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> {
            try {
                return read(device);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        while (lab.proxy.requests().size() < 3 * ATTEMPTS) {
            Thread.onSpinWait();
        }
        device.close();
        Throwable ended = assertThrows(CompletionException.class, read::join).getCause();
        assertInstanceOf(IOException.class, ended);
    }
}
