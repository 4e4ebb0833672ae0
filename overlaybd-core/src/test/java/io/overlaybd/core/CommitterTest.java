package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitterTest {

    private static final LayerIdentity MEBIBYTE = LayerIdentity.ofSize(1 << 20);

    @TempDir
    Path folder;

    private static byte[] commit(CommitOptions options, SealedLayer... bottomFirst) throws IOException {
        MemorySink sink = new MemorySink();
        try (LayerStack stack = LayerStack.of(List.of(bottomFirst))) {
            Committer.commit(stack, sink, options);
        }
        assertTrue(sink.isFinished());
        return sink.bytes();
    }

    private static void assertEntries(byte[] layer, int at, String... words) {
        for (int i = 0; i < words.length; i++) {
            byte[] entry = Arrays.copyOfRange(layer, at + 16 * i, at + 16 * i + 16);
            assertEquals(words[i].replace(" ", ""), HexFormat.of().formatHex(entry), "entry " + i);
        }
    }

    @Test
    void workedExampleOfASingleLayer() throws IOException {
        Path file = folder.resolve("rw");
        LayerUuid uuid = LayerUuid.parse("11111111-2222-4333-8444-555555555555").orElseThrow();
        try (LogReplay replay = new LogReplay(file, 1 << 20, uuid, LayerUuid.NULL, false)) {
            replay.write(0, TestLayers.sectors(16, 'A'));
            replay.write(8, TestLayers.sectors(8, 'B'));
            replay.write(129, TestLayers.sectors(1, 'C'));
            replay.discard(2, 2);
            Files.write(folder.resolve("idx"), replay.indexFile());
            replay.seal();
        }
        assertEquals(
                "89be0191eb3e1a7219dee027ac62d5e6517782baba09eb73d67218ac3d9cfd6e",
                Sha256.ofFile(folder.resolve("idx")));
        CommitOptions options = CommitOptions.NONE
                .withUuid(
                        LayerUuid.parse("AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE").orElseThrow())
                .withUserTag(UserTag.ofText("hello"));
        byte[] layer = commit(options, SealedLayer.open(FileSource.open(file)));
        assertEquals(19968, layer.length);
        assertEntries(
                layer,
                0x2E00,
                "0000000000000800 0800000000000000",
                "0200000000000800 0a00000000008000",
                "0400000000003000 0a00000000000000",
                "8100000000000400 1600000000000000",
                "ffffffffffff0300 0000000000000000");
        Files.write(folder.resolve("commit"), layer);
        assertEquals(
                "b3f9bdada8135051fe2f3e7bc98cf611c6b5d76e4ef8d30ad37c3d6c9def5a5f",
                Sha256.ofFile(folder.resolve("commit")));
    }

    @Test
    void workedExampleOfAMerge() throws IOException {
        byte[] layer = commit(
                CommitOptions.NONE,
                TestLayers.layer("bottom", MEBIBYTE, writer -> writer.data(0, TestLayers.sectors(16, 'A'))),
                TestLayers.layer("middle", MEBIBYTE, writer -> {
                    writer.zero(1, 1);
                    writer.data(8, TestLayers.sectors(16, 'B'));
                }),
                TestLayers.layer("top", MEBIBYTE, writer -> writer.data(2, TestLayers.sectors(1, 'C'))));
        assertEquals(24064, layer.length);
        assertEntries(
                layer,
                24064 - 8192,
                "0000000000000400 0800000000000002",
                "0100000000000400 0900000000008001",
                "0200000000000400 0900000000000000",
                "0300000000001400 0a00000000000002",
                "0800000000004000 0f00000000000001",
                "ffffffffffff0300 0000000000000000");
    }

    @Test
    void headerTakesSizeFromTheTopAndParentFromTheBottomUnlessGiven() throws IOException {
        LayerUuid one = new LayerUuid(1, 1);
        LayerUuid two = new LayerUuid(2, 2);
        UserTag tag = UserTag.ofText("not inherited");
        SealedLayer bottom = TestLayers.layer("bottom", new LayerIdentity(512, two, one, tag), writer -> {});
        SealedLayer top = TestLayers.layer("top", new LayerIdentity(1024, one, two, tag), writer -> {});

        LayerHeader inherited = header(commit(CommitOptions.NONE, bottom, top));
        assertEquals(new LayerIdentity(1024, LayerUuid.NULL, one, UserTag.NONE).header(), inherited);

        CommitOptions options =
                CommitOptions.NONE.withUuid(two).withParentUuid(two).withUserTag(tag);
        assertEquals(new LayerIdentity(1024, two, two, tag).header(), header(commit(options, bottom, top)));
    }

    private static LayerHeader header(byte[] layer) throws IOException {
        return LayerHeader.decode(ByteBuffer.wrap(layer, 0, 4096), "layer", 0);
    }

    @Test
    void mergeOfMoreLayersThanATagCanTellWritesNone() throws IOException {
        for (int count : new int[] {255, 256, 300}) {
            List<SealedLayer> layers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long sector = 3L * i;
                layers.add(TestLayers.layer("layer", MEBIBYTE, writer -> writer.zero(sector, 1)));
            }
            byte[] merged = commit(CommitOptions.NONE, layers.toArray(SealedLayer[]::new));
            int lowest = count == 255 ? 254 : 0;
            assertEquals((byte) lowest, merged[4096 + 15]);
        }
    }

    @Test
    void failedReadFailsTheCommitAndNamesTheLayer() throws IOException {
        boolean[] broken = {false};
        byte[] bytes = TestLayers.bytes(MEBIBYTE, writer -> writer.data(0, TestLayers.sectors(1, 1)));
        SealedLayer layer = SealedLayer.open(new FaultySource(new MemorySource("bad", bytes), (offset, read) -> {
            if (broken[0]) {
                throw new IOException("no such luck");
            }
        }));
        broken[0] = true;
        MemorySink sink = new MemorySink();
        IOException e = assertThrows(
                IOException.class, () -> Committer.commit(LayerStack.of(List.of(layer)), sink, CommitOptions.NONE));
        assertEquals("layer 0 (bad): no such luck", e.getMessage());
        assertTrue(!sink.isFinished());
    }

    @Test
    void commitOfACommitIsTheSame() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        TestLayers.file(first, MEBIBYTE, writer -> {
            TestLayers.longData(writer, 5, 20_000);
            writer.zero(20_005, 100_000);
            writer.data(200_000, TestLayers.sectors(63, 4));
        });
        try (LayerStack stack = LayerStack.of(List.of(SealedLayer.open(FileSource.open(first))));
                FileSink sink = FileSink.create(second, FileSink.Existing.REFUSE)) {
            Committer.commit(stack, sink, CommitOptions.NONE);
        }
        assertEquals(-1, Files.mismatch(first, second));
    }
}
