package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which bytes go where in a layer that overwrites in place. */
class HybridLayerTest {

    private static final int SECTORS = 256;

    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private Path index() {
        return folder.resolve("index");
    }

    private WritableLayer create() throws IOException {
        return WritableLayer.create(Kind.HYBRID, data(), index(), LayerIdentity.ofSize(SECTORS * 512));
    }

    private static void write(WritableLayer layer, int sector, int count, int value) throws IOException {
        layer.write(sector * 512L, TestLayers.sectors(count, value));
    }

    private String records() throws IOException {
        byte[] file = Files.readAllBytes(index());
        return HexFormat.of().formatHex(file, 4096, file.length);
    }

    private byte[] content(WritableLayer layer) throws IOException {
        return WritableOverlayDeviceTest.OfKind.content(
                new OverlayDevice("hybrid", LayerStack.of(List.of(layer.freeze()))));
    }

    @Test
    void writeOverDataZerosAndNothingOverwritesAndAppendsARecordForEachPart() throws IOException {
        byte[] before;
        try (WritableLayer layer = create()) {
            write(layer, 0, 64, 1);
            layer.discard(64 * 512, 64 * 512);
            write(layer, 32, 128, 2);
            before = content(layer);
        }
        assertEquals(86_016, Files.size(data()));
        assertEquals(
                "00000000000000010800000000000000" + "40000000000000014800000000008000"
                        + "40000000000000014800000000000000" + "80000000000080008800000000000000",
                records());
        assertEquals(0x23, Files.readAllBytes(data())[28]);
        assertEquals(0x21, Files.readAllBytes(index())[28]);
        try (WritableLayer layer = WritableLayer.open(data(), index())) {
            assertEquals(Kind.HYBRID, layer.kind());
            assertArrayEquals(before, content(layer));
            assertEquals(1, before[31 * 512]);
            assertEquals(2, before[32 * 512]);
            assertEquals(2, before[159 * 512]);
        }
    }

    @Test
    void rewritesGrowNeitherFile() throws IOException {
        try (WritableLayer layer = create()) {
            write(layer, 10, 30, 1);
            write(layer, 60, 10, 2);
            long dataBytes = Files.size(data());
            long indexBytes = Files.size(index());
            write(layer, 10, 30, 3);
            write(layer, 15, 5, 4);
            write(layer, 60, 10, 5);
            layer.flush();
            assertEquals(dataBytes, Files.size(data()));
            assertEquals(indexBytes, Files.size(index()));
            byte[] all = content(layer);
            assertEquals(3, all[14 * 512]);
            assertEquals(4, all[19 * 512]);
            assertEquals(3, all[20 * 512]);
            assertEquals(5, all[69 * 512]);
        }
    }

    @Test
    void writeOverThreeSegmentsAppendsOnlyTheHolesBetween() throws IOException {
        try (WritableLayer layer = create()) {
            write(layer, 10, 10, 1);
            write(layer, 30, 10, 1);
            write(layer, 50, 10, 1);
            write(layer, 5, 60, 2);
            assertEquals(4096 + (30 + 30) * 512, Files.size(data()));
            assertEquals(3 + 4, layer.log.records());
            byte[] all = content(layer);
            assertArrayEquals(TestLayers.sectors(60, 2).array(), Arrays.copyOfRange(all, 5 * 512, 65 * 512));
        }
    }

    @Test
    void discardedSpaceIsNotUsedAgain() throws IOException {
        try (WritableLayer layer = create()) {
            write(layer, 0, 8, 1);
            layer.discard(0, 4096);
            write(layer, 0, 8, 2);
            assertEquals(4096 + 16 * 512, Files.size(data()));
            assertEquals(16, layer.snapshot().endingAfter(0).mappedSector());
        }
    }

    @Test
    void sealedLayerHasTheFlagAndItsCommitHasNot() throws IOException {
        try (WritableLayer layer = create()) {
            write(layer, 0, 8, 1);
            layer.seal().close();
        }
        try (SealedLayer sealed = SealedLayer.open(FileSource.open(data()))) {
            assertEquals(0x26, sealed.trailer().flags());
            assertEquals(0x23, sealed.header().flags());
            assertEquals(
                    List.of(new SegmentMapping(0, 8, 8, false, 0)),
                    List.of(sealed.index().get(0)));
        }
    }

    @Test
    void layerOfBothKindsIsRefused() throws IOException {
        create().close();
        byte[] file = Files.readAllBytes(data());
        file[28] = 0x33;
        Files.write(data(), file);
        CorruptFormatException e =
                assertThrows(CorruptFormatException.class, () -> WritableLayer.open(data(), index()));
        assertTrue(e.getMessage().contains("not both 0x10 and 0x20"), e.getMessage());
    }

    @Test
    void appendOnlyLayerWithTheFlagGoesOnAsHybrid() throws IOException {
        WritableLayer.create(Kind.LOG, data(), index(), LayerIdentity.ofSize(SECTORS * 512))
                .close();
        for (Path path : List.of(data(), index())) {
            byte[] file = Files.readAllBytes(path);
            file[28] |= 0x20;
            Files.write(path, file);
        }
        try (WritableLayer layer = WritableLayer.open(data(), index())) {
            write(layer, 0, 8, 1);
            write(layer, 0, 8, 2);
            assertEquals(Kind.HYBRID, layer.kind());
            assertEquals(4096 + 8 * 512, Files.size(data()));
        }
    }

    @Test
    void hybridLayerMayFollowAnAppendOnlyOneInALiveSnapshot() throws IOException {
        WritableLayer log = WritableLayer.create(
                Kind.LOG, folder.resolve("log"), folder.resolve("log.index"), LayerIdentity.ofSize(SECTORS * 512));
        try (WritableOverlayDevice device = WritableOverlayDevice.of("disk", log, LayerStack.NONE)) {
            device.write(0, TestLayers.sectors(8, 1));
            device.restack(create(), Publication.NONE);
            device.write(512, TestLayers.sectors(1, 2));
            device.write(512, TestLayers.sectors(1, 3));
            ByteBuffer found = ByteBuffer.allocate(1024);
            device.read(0, found);
            assertEquals(1, found.get(0));
            assertEquals(3, found.get(512));
            assertEquals(4096 + 512, Files.size(data()));
        }
    }
}
