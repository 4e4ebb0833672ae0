package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images with an upper. */
class WritableImageTest {

    private static final int SECTORS = 64;

    @TempDir
    Path folder;

    private ImageService service;
    private Path lower;
    private Path config;

    @BeforeEach
    void openService() throws IOException {
        service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
        lower = LayerFiles.write(folder.resolve("lower"), Wrapping.ZFILE, SECTORS, 0, 16, 1);
        config = config("\"data\":\"" + data() + "\",\"index\":\"" + index() + "\"");
    }

    @AfterEach
    void nothingIsLeftOpen() {
        service.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path index() {
        return folder.resolve("index");
    }

    private Path config(String upper) throws IOException {
        return Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"lowers\":[{\"file\":\"" + lower + "\"}],\"upper\":{" + upper + "}}");
    }

    private void makeUpper(Kind kind, int sectors) throws IOException {
        WritableLayer.create(kind, data(), index(), LayerIdentity.ofSize(sectors * 512L))
                .close();
    }

    private static ByteBuffer sectors(int count, int value) {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private String failure() {
        return assertThrows(IOException.class, () -> service.open(config)).getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenLiesOverTheLowersAndLasts(Kind kind) throws IOException {
        makeUpper(kind, 0);
        try (BlockDevice device = service.open(config)) {
            assertFalse(device.isReadOnly());
            assertEquals(SECTORS * 512, device.sizeBytes());
            device.write(8 * 512, sectors(16, 2));
            device.discard(0, 512);
        }
        try (BlockDevice device = service.open(config)) {
            byte[] bytes = LayerFiles.bytes(device);
            assertEquals(0, bytes[0]);
            assertEquals(1, bytes[512]);
            assertEquals(2, bytes[8 * 512]);
            assertEquals(2, bytes[24 * 512 - 1]);
            assertEquals(0, bytes[24 * 512]);
        }
    }

    @Test
    void upperAloneIsAnImage() throws IOException {
        makeUpper(Kind.LOG, SECTORS);
        Files.writeString(
                config, "{\"lowers\":[],\"upper\":{\"data\":\"" + data() + "\",\"index\":\"" + index() + "\"}}");
        try (BlockDevice device = service.open(config)) {
            device.write(0, sectors(1, 3));
            assertEquals(3, LayerFiles.bytes(device)[0]);
            assertEquals(0, LayerFiles.bytes(device)[512]);
        }
    }

    @Test
    void upperInUseIsRefusedUntilItsDeviceIsClosed() throws IOException {
        makeUpper(Kind.SPARSE, SECTORS);
        try (BlockDevice device = service.open(config)) {
            assertEquals(
                    config + ": upper: " + data() + ": is in use: somebody else has it open for writing", failure());
            device.write(0, sectors(1, 3));
        }
        service.open(config).close();
    }

    @Test
    void missingFilesAreNamedWithAdvice() throws IOException {
        assertEquals(
                config + ": upper: " + data() + ": no such file; make both files with overlaybd-create", failure());
        makeUpper(Kind.LOG, SECTORS);
        Files.delete(index());
        assertEquals(
                config + ": upper: " + index() + ": no such file; make both files with overlaybd-create", failure());
    }

    @Test
    void damagedUpperIsRefused() throws IOException {
        makeUpper(Kind.LOG, SECTORS);
        Files.write(index(), new byte[5000]);
        String message = failure();
        assertTrue(message.startsWith(config + ": upper: " + index() + ": at byte 0: "), message);
        assertTrue(message.endsWith("; restore both files from a backup, or make new ones with overlaybd-create"));
    }

    @Test
    void lowerOfTheImageIsNotWrittenTo() throws IOException {
        makeUpper(Kind.LOG, SECTORS);
        Files.delete(lower);
        Files.createLink(lower, data());
        WritableLayer.open(data(), index()).seal().close();
        byte[] sealed = Files.readAllBytes(data());
        assertEquals(
                config + ": upper: " + data()
                        + " is layer 0 of this image as well; make a new upper with overlaybd-create",
                failure());
        assertArrayEquals(sealed, Files.readAllBytes(data()));
    }

    @Test
    void turboOciUpperIsRefused() throws IOException {
        config = config("\"data\":\"d\",\"index\":\"i\",\"target\":\"t\"");
        assertEquals(
                config + ": upper: is a turboOCI layer (target), which this version cannot write;"
                        + " use one of data and index",
                failure());
    }

    @Test
    void halfAnUpperIsAReadOnlyDevice() throws IOException {
        config = config("\"data\":\"d\"");
        try (BlockDevice device = service.open(config)) {
            assertTrue(device.isReadOnly());
        }
    }
}
