package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.DownloadState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer file in a download directory that is damaged: the registry steps in, and the file is replaced. */
class DamagedLayerFileTest extends DownloadCase {

    DamagedLayerFileTest() {
        super(2000);
    }

    @BeforeEach
    void haveDownloaded() throws IOException {
        Files.write(committed, blob);
    }

    private void flip(long atByte) throws IOException {
        try (FileChannel file = FileChannel.open(committed, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) (blob[(int) atByte] ^ 4)}), atByte);
        }
    }

    private void cut(long toBytes) throws IOException {
        try (FileChannel file = FileChannel.open(committed, StandardOpenOption.WRITE)) {
            file.truncate(toBytes);
        }
    }

    /** The middle, where only reading finds it; the index and the length, which opening finds. */
    @ParameterizedTest
    @ValueSource(strings = {"flipInTheMiddle", "flipInTheIndex", "cut", "empty"})
    void fileThatIsDamagedAtTheStartIsReplaced(String damage, Random random) throws Exception {
        switch (damage) {
            case "flipInTheMiddle" -> flip(20_000 + random.nextInt(900_000));
            case "flipInTheIndex" -> {
                use(Wrapping.ZFILE);
                haveDownloaded();
                flip(blob.length - 512 - 4); // the trailer's 512 bytes come behind it
            }
            case "cut" -> cut(random.nextInt(blob.length));
            default -> cut(0);
        }
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            assertArrayEquals(data, LayerFiles.bytes(device));
            downloads.await(DownloadState.COMMITTED, 1);
            assertArrayEquals(blob, Files.readAllBytes(committed));
            lab.proxy.close();
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "TAR_ZFILE"})
    void fileThatIsCutWhileItIsReadGivesWayToTheRegistry(Wrapping wrapping) throws Exception {
        use(wrapping);
        haveDownloaded();
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            assertArrayEquals(data, LayerFiles.bytes(device));
            cut(blob.length / 3);
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(1, service.downloads().fallbacks());
            downloads.await(DownloadState.COMMITTED, 1);
            assertArrayEquals(blob, Files.readAllBytes(committed));
        }
    }

    @Test
    void withoutDownloadsADamagedFileIsRemoved() throws Exception {
        try (ImageService service = lab.service(UNIT_BYTES, downloads.disable().on());
                BlockDevice device = service.open(config)) {
            flip(blob.length / 2);
            assertArrayEquals(data, LayerFiles.bytes(device));
            downloads.await(DownloadState.STOPPED, 1);
            assertFalse(Files.exists(committed));
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void fileThatWasFineAllTheTimeIsTakenBack() throws Exception {
        AtomicBoolean isMended = new AtomicBoolean();
        try (ImageService service = lab.service(
                        UNIT_BYTES, downloads.beginWhen(isMended::get).on());
                BlockDevice device = service.open(config)) {
            flip(blob.length / 2);
            assertArrayEquals(data, LayerFiles.bytes(device));
            Files.write(committed, blob, StandardOpenOption.WRITE);
            isMended.set(true);
            downloads.await(DownloadState.COMMITTED, 1);
            assertEquals(
                    0, service.downloads().bytesFetched() + service.downloads().bytesFromCache());
            lab.proxy.close();
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void damageWithoutARegistryIsAnErrorThatSaysWhereAndLeavesTheRest() throws Exception {
        int at = blob.length / 2;
        lab.proxy.close();
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            flip(at);
            IOException failure = assertThrows(IOException.class, () -> LayerFiles.bytes(device));
            assertTrue(failure.getMessage().contains(committed.toString()), failure::getMessage);
            ByteBuffer dst = ByteBuffer.allocate(data.length / 4);
            device.read(0, dst);
            assertEquals(ByteBuffer.wrap(data, 0, data.length / 4), dst.flip());
        }
        assertTrue(Files.exists(committed));
    }

    @Test
    void fileThatIsNotTheBlobIsNeverMixedWithIt(Random random) throws Exception {
        byte[] others = new byte[data.length];
        random.nextBytes(others);
        Path other = LayerFiles.write(folder.resolve("other"), Wrapping.TAR_ZFILE, sectors, 0, others);
        Files.write(committed, Files.readAllBytes(other));
        Files.writeString(config, Files.readString(config).replaceAll(",\"size\":[0-9]+", ""));
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            assertArrayEquals(others, LayerFiles.bytes(device));
            cut(Files.size(other) / 2);
            assertThrows(IOException.class, () -> LayerFiles.bytes(device));
            assertEquals(0, service.downloads().fallbacks());
        }
        assertTrue(Files.exists(committed));
    }
}
