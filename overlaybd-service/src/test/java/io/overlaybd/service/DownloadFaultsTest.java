package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.DownloadMetrics;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong with a download: readers get the right bytes, and a file appears only if it is the blob. */
class DownloadFaultsTest extends DownloadCase {

    DownloadFaultsTest() {
        super(2000);
    }

    private DownloadMetrics downloadsTo(DownloadState state) throws Exception {
        return downloadsTo(state, 1);
    }

    private DownloadMetrics downloadsTo(DownloadState state, int times) throws Exception {
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            downloads.await(state, times);
            DownloadMetrics metrics = service.downloads();
            lab.proxy.reset();
            assertArrayEquals(data, LayerFiles.bytes(device));
            return metrics;
        }
    }

    private void assertCommitted() throws IOException {
        assertArrayEquals(blob, Files.readAllBytes(committed));
        assertFalse(Files.exists(partial));
    }

    @Test
    void wrongBytesAreNeverCommittedAndFetchedAgain(Random random) throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            lab.proxy.next(Request::isRanged, Fault.flip(random.nextInt(UNIT_BYTES)));
            armed = true;
            downloads.await(DownloadState.COMMITTED, 1);
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(1, service.downloads().wrongDigests());
            assertEquals(1, downloads.count(DownloadState.RETRYING));
        }
        assertCommitted();
    }

    private volatile boolean armed;

    private boolean isArmed() {
        return armed;
    }

    @Test
    void wrongBytesForEverAreGivenUp() throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            lab.proxy.always(Request::isRanged, Fault.flip(UNIT_BYTES / 2));
            armed = true;
            downloads.await(DownloadState.GIVEN_UP, 1);
            assertEquals(DownloadLab.ATTEMPTS, service.downloads().wrongDigests());
            assertEquals(1, service.downloads().givenUp());
            assertFalse(Files.exists(committed));
            assertEquals(0, Files.size(partial));
            lab.proxy.reset();
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void wrongBytesInTheCacheAreFoundAndDropped(Random random) throws Exception {
        // Nothing but the digest protects a plain layer from a registry that once gave wrong bytes.
        use(Wrapping.PLAIN);
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            lab.proxy.next(Request::isRanged, Fault.flip(random.nextInt(UNIT_BYTES)));
            LayerFiles.bytes(device);
            armed = true;
            downloads.await(DownloadState.COMMITTED, 1);
            assertEquals(1, service.downloads().wrongDigests());
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
        assertCommitted();
    }

    @Test
    void registryThatIsAwayIsWaitedFor() throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            lab.proxy.always(request -> true, new Fault.Reset());
            armed = true;
            downloads.await(DownloadState.RETRYING, 3 * DownloadLab.ATTEMPTS);
            lab.proxy.reset();
            downloads.await(DownloadState.COMMITTED, 1);
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
        assertCommitted();
    }

    @Test
    void refusalsAreGivenUp() throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            lab.proxy.always(request -> true, Fault.status(404));
            armed = true;
            downloads.await(DownloadState.GIVEN_UP, 1);
            assertEquals(DownloadLab.ATTEMPTS - 1, downloads.count(DownloadState.RETRYING));
            lab.proxy.reset();
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    /** What may lie there from an earlier life. */
    @ParameterizedTest
    @ValueSource(strings = {"half", "flipped", "tooLong", "whole", "sparse", "garbage"})
    void partialFileIsNeverBelieved(String kind, Random random) throws Exception {
        byte[] half = Arrays.copyOf(blob, blob.length / 2 + random.nextInt(1000));
        switch (kind) {
            case "half" -> Files.write(partial, half);
            case "flipped" -> {
                half[random.nextInt(half.length)] ^= 1;
                Files.write(partial, half);
            }
            case "tooLong" -> Files.write(partial, Arrays.copyOf(blob, blob.length + 1));
            case "whole" -> Files.write(partial, blob);
            case "sparse" -> sparse();
            default -> Files.write(partial, new byte[100_000]);
        }
        DownloadMetrics metrics = downloadsTo(DownloadState.COMMITTED);
        assertCommitted();
        boolean wasWrong = kind.equals("flipped") || kind.equals("garbage");
        assertEquals(wasWrong ? 1 : 0, metrics.wrongDigests());
        long moved = metrics.bytesFetched() + metrics.bytesFromCache();
        if (kind.equals("half")) {
            assertEquals(blob.length - half.length, moved);
        } else if (kind.equals("whole")) {
            assertEquals(0, moved);
        }
    }

    /** As the original leaves it: as long as the blob, with holes. */
    private void sparse() throws IOException {
        try (FileChannel file = FileChannel.open(
                partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.wrap(blob, 0, 128 << 10), 0);
            file.write(ByteBuffer.wrap(blob, 512 << 10, 64 << 10), 512 << 10);
            file.write(ByteBuffer.wrap(new byte[1]), blob.length - 1);
        }
    }

    @Test
    void committedFileThatComesFromElsewhereIsTakenIfItIsTheBlob() throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            Files.write(committed, blob);
            armed = true;
            downloads.await(DownloadState.COMMITTED, 1);
            lab.proxy.close();
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(0, service.downloads().bytesFetched());
        }
    }

    @Test
    void otherFileInTheCommittedPlaceIsLeftAlone() throws Exception {
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(this::isArmed).on());
                BlockDevice device = service.open(config)) {
            Files.writeString(committed, "mine");
            armed = true;
            downloads.await(DownloadState.GIVEN_UP, 1);
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
        assertEquals("mine", Files.readString(committed));
    }

    @Test
    void directoryThatIsNotThereIsGivenUp() throws Exception {
        Files.delete(committed.getParent());
        downloadsTo(DownloadState.GIVEN_UP);
        assertFalse(Files.exists(committed.getParent()));
    }

    @Test
    void readOnlyDirectoryIsGivenUp() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        mount(mount, "size=1m,mode=755");
        try {
            useDirectory(mount);
            run("mount", "-o", "remount,ro", mount.toString());
            downloadsTo(DownloadState.GIVEN_UP);
        } finally {
            run("umount", mount.toString());
        }
    }

    @Test
    void fullDiskIsWaitedFor() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        mount(mount, "size=600k");
        try {
            useDirectory(mount);
            // As if nobody had looked before: the first complaint is the kernel's.
            downloads.freeSpaceFloorBytes(-blob.length);
            try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                    BlockDevice device = service.open(config)) {
                downloads.await(DownloadState.NO_SPACE, 3);
                assertArrayEquals(data, LayerFiles.bytes(device));
                run("mount", "-o", "remount,size=3m", mount.toString());
                downloads.await(DownloadState.COMMITTED, 1);
                assertArrayEquals(data, LayerFiles.bytes(device));
            }
            assertCommitted();
        } finally {
            run("umount", mount.toString());
        }
    }

    @Test
    void spaceOfOthersIsLeftToThem() throws Exception {
        downloads.freeSpaceFloorBytes(Long.MAX_VALUE / 2);
        downloadsTo(DownloadState.NO_SPACE, 2);
        assertEquals(0, Files.size(partial));
    }

    private static void mount(Path mount, String options) {
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", options, "tmpfs", mount.toString()),
                "SKIPPED: cannot mount a tmpfs here");
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }
}
