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
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of an image in use. */
@ExtendWith(Seeded.class)
class LiveSnapshotTest {

    private static final int SECTORS = 256;
    private static final String ID = "dev-1";

    @TempDir
    Path folder;

    private final List<Path> lowers = new ArrayList<>();
    private ImageService service;
    private Path config;
    private Path next;

    @BeforeEach
    void openService() throws IOException {
        service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
        lowers.add(LayerFiles.write(folder.resolve("lower"), Wrapping.ZFILE, SECTORS, 0, 16, 1));
        config = folder.resolve("config.v1.json");
        next = folder.resolve("next.json");
    }

    @AfterEach
    void nothingIsLeftOpen() {
        service.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path data(int number) {
        return folder.resolve("data" + number);
    }

    private Path index(int number) {
        return folder.resolve("index" + number);
    }

    private void makeUpper(Kind kind, int number) throws IOException {
        WritableLayer.create(kind, data(number), index(number), LayerIdentity.ofSize(SECTORS * 512L))
                .close();
    }

    private void write(Path to, List<Path> layers, int upper) throws IOException {
        Files.writeString(
                to,
                layers.stream()
                                .map(layer -> "{\"file\":\"" + layer + "\"}")
                                .collect(Collectors.joining(",", "{\"lowers\":[", "],"))
                        + "\"upper\":{\"data\":\"" + data(upper) + "\",\"index\":\"" + index(upper) + "\"}}");
    }

    private BlockDevice openWithUpper(Kind kind) throws IOException {
        makeUpper(kind, 0);
        write(config, lowers, 0);
        return service.open(config, ID);
    }

    private static void change(Random random, BlockDevice device, byte[] model) throws IOException {
        int sector = random.nextInt(SECTORS);
        byte[] bytes = new byte[512 * (1 + random.nextInt(Math.min(9, SECTORS - sector)))];
        if (random.nextInt(4) == 0) {
            device.discard(sector * 512L, bytes.length);
        } else {
            random.nextBytes(bytes);
            device.write(sector * 512L, ByteBuffer.wrap(bytes));
        }
        System.arraycopy(bytes, 0, model, sector * 512, bytes.length);
    }

    @ParameterizedTest
    @EnumSource
    void everySnapshotReadsTheSameAndItsConfigOpensIt(Kind kind, Random random) throws IOException {
        byte[] model;
        byte[][] sealed = new byte[6][];
        try (BlockDevice device = openWithUpper(kind)) {
            model = LayerFiles.bytes(device);
            for (int i = 1; i < sealed.length; i++) {
                for (int j = 0; j < 40; j++) {
                    change(random, device, model);
                }
                makeUpper(kind, i);
                lowers.add(data(i - 1));
                write(next, lowers, i);
                byte[] text = Files.readAllBytes(next);
                service.snapshot(ID, next);
                sealed[i] = Files.readAllBytes(data(i - 1));
                assertArrayEquals(text, Files.readAllBytes(config));
                assertFalse(Files.exists(next));
                assertArrayEquals(model, LayerFiles.bytes(device));
            }
            change(random, device, model);
        }
        for (int i = 1; i < sealed.length; i++) {
            assertArrayEquals(sealed[i], Files.readAllBytes(data(i - 1)));
        }
        try (BlockDevice again = service.open(config, ID)) {
            assertArrayEquals(model, LayerFiles.bytes(again));
        }
    }

    @Test
    void imageWithoutLowersHasSnapshotsToo() throws IOException {
        lowers.clear();
        try (BlockDevice device = openWithUpper(Kind.LOG)) {
            device.write(0, ByteBuffer.allocate(512).put(0, (byte) 5));
            makeUpper(Kind.LOG, 1);
            write(next, List.of(data(0)), 1);
            service.snapshot(ID, next);
            assertEquals(5, LayerFiles.bytes(device)[0]);
        }
    }

    @Test
    void configThatIsNotOfThisImageIsRefusedAndNothingChanges() throws IOException {
        Path other = LayerFiles.write(folder.resolve("other"), Wrapping.PLAIN, SECTORS, 0, 16, 1);
        try (BlockDevice device = openWithUpper(Kind.LOG)) {
            device.write(0, ByteBuffer.allocate(512).put(0, (byte) 5));
            makeUpper(Kind.LOG, 1);
            makeUpper(Kind.SPARSE, 2);
            assertRefused("lowers: expected 2, those of now and " + data(0) + " on top, found 1", lowers, 1);
            assertRefused("lowers[0]: is another layer than the image has there now", List.of(other, data(0)), 1);
            assertRefused("lowers[1]: expected " + data(0), List.of(lowers.get(0), other), 1);
            assertRefused("upper.data: " + data(0) + " is in use now", List.of(lowers.get(0), data(0)), 0);
            assertRefused("expected an empty layer of kind LOG", List.of(lowers.get(0), data(0)), 2);
            assertRefused("upper: " + data(3) + ": no such file", List.of(lowers.get(0), data(0)), 3);
            device.write(512, ByteBuffer.allocate(512).put(0, (byte) 6));
        }
        try (BlockDevice again = service.open(config)) {
            assertEquals(5, LayerFiles.bytes(again)[0]);
            assertEquals(6, LayerFiles.bytes(again)[512]);
        }
    }

    private void assertRefused(String reason, List<Path> layers, int upper) throws IOException {
        write(next, layers, upper);
        String message = assertThrows(IOException.class, () -> service.snapshot(ID, next))
                .getMessage();
        assertTrue(message.startsWith(next + ": ") && message.contains(reason), message);
    }

    @Test
    void configThatCannotTakeThePlaceOfTheOldOneMeansNoSnapshot() throws IOException {
        try (BlockDevice device = openWithUpper(Kind.LOG)) {
            device.write(0, ByteBuffer.allocate(512).put(0, (byte) 5));
            makeUpper(Kind.LOG, 1);
            write(next, List.of(lowers.get(0), data(0)), 1);
            Files.delete(config);
            Files.createDirectories(config.resolve("not empty"));
            String message = assertThrows(IOException.class, () -> service.snapshot(ID, next))
                    .getMessage();
            assertTrue(message.contains("both have to be on one file system"), message);
            device.write(512, ByteBuffer.allocate(512).put(0, (byte) 6));
            Files.delete(config.resolve("not empty"));
            Files.delete(config);
            write(config, lowers, 0);
            service.snapshot(ID, next);
            assertEquals(6, LayerFiles.bytes(device)[512]);
        }
        try (BlockDevice again = service.open(config)) {
            assertEquals(5, LayerFiles.bytes(again)[0]);
            assertEquals(6, LayerFiles.bytes(again)[512]);
        }
    }

    @Test
    void readOnlyImageHasNone() throws IOException {
        LayerFiles.config(config, lowers.get(0));
        try (BlockDevice device = service.open(config, ID)) {
            assertTrue(device.isReadOnly());
            assertTrue(assertThrows(IOException.class, () -> service.snapshot(ID, next))
                    .getMessage()
                    .contains("read-only"));
        }
    }

    @Test
    void idIsFreeOnceItsDeviceIsClosedOrWasNotOpened() throws IOException {
        Path result = folder.resolve("result");
        Files.writeString(
                config, "{\"lowers\":[{\"file\":\"" + lowers.get(0) + "\"}],\"resultFile\":\"" + result + "\"}");
        assertThrows(IOException.class, () -> service.open(folder.resolve("none"), ID));
        assertThrows(UnknownDeviceException.class, () -> service.snapshot(ID, next));
        BlockDevice device = service.open(config, ID);
        assertThrows(DuplicateDeviceException.class, () -> service.open(config, ID));
        assertEquals("failed:duplicated dev id: " + ID, Files.readString(result));
        service.open(config).close();
        device.close();
        BlockDevice again = service.open(config, ID);
        device.close();
        assertThrows(DuplicateDeviceException.class, () -> service.open(config, ID), "closed twice, freed once");
        again.close();
    }
}
