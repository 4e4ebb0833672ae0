package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.core.index.Segments;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.VectorContent;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replays what was fed to the original's tools: files and devices come out bit for bit. */
class OriginalVectorsTest {

    private static final long SIZE = 64L << 20;

    @TempDir
    Path folder;

    private static Path resource(String name) {
        try {
            return Path.of(
                    OriginalVectorsTest.class.getResource("/lsmt/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static LayerUuid uuid(String lastDigits) {
        return lastDigits == null
                ? LayerUuid.NULL
                : LayerUuid.parse("00000000-0000-4000-8000-0000000000" + lastDigits)
                        .orElseThrow();
    }

    private LogReplay replay(String ops, String uuid, String parent, boolean groupCommit) throws IOException {
        LogReplay replay = new LogReplay(folder.resolve("rw"), SIZE, uuid(uuid), uuid(parent), groupCommit);
        replay.applyAll(resource(ops + ".ops"));
        return replay;
    }

    private static List<SegmentMapping> listed(String name) throws IOException {
        List<SegmentMapping> segments = new ArrayList<>();
        for (String line : Files.readAllLines(resource(name + ".segments.txt"))) {
            String[] words = line.split(" ");
            if (!words[0].equals("vsize")) {
                segments.add(new SegmentMapping(
                        Long.parseLong(words[0]),
                        Integer.parseInt(words[1]),
                        Long.parseLong(words[2]),
                        words[3].equals("1"),
                        Integer.parseInt(words[4])));
            }
        }
        return segments;
    }

    private LayerStack open(String... bottomFirst) throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (String name : bottomFirst) {
            layers.add(SealedLayer.open(FileSource.open(folder.resolve(name))));
        }
        return LayerStack.of(layers);
    }

    private String flat(String... bottomFirst) throws IOException {
        try (OverlayDevice device = new OverlayDevice("flat", open(bottomFirst))) {
            assertEquals(SIZE, device.sizeBytes());
            return Sha256.ofDevice(device);
        }
    }

    private void commit(String to, CommitOptions options, String... bottomFirst) throws IOException {
        try (LayerStack stack = open(bottomFirst);
                FileSink sink = FileSink.create(folder.resolve(to), FileSink.Existing.REFUSE)) {
            Committer.commit(stack, sink, options);
        }
    }

    private List<SegmentMapping> segmentsOf(String name) throws IOException {
        try (SealedLayer layer = SealedLayer.open(FileSource.open(folder.resolve(name)))) {
            return Segments.all(layer.index());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "edge, edge, 10, , false, 8029916951bbd47e2f5da706583128b4628f5360bec5a0c69a9d4a1ff5e3dfb5",
        "edge, edge-gc, 11, , true, 6aea8c9e8fcefaedf7ab942420b7805c804a9ae22597f91d2438156746248f40",
        "empty, empty, 13, , false, ",
        "l0, l0, 40, , false, 107932cd20b98c0cc45fd4bfc13585438c3a7f1c9b6773caf97ee06b9d882099",
        "l1, l1, 41, 50, true, 41655d44af2917d07e086ebdbf245ef28dd6065a19b99c42306bf110b9cf1c40",
        "l2, l2, 42, 51, false, 9ee69769a1d3893b6beae80d29d15479a1349ff6fb4a566fba5f2c6e7e40ccfb",
        "l3, l3, 43, 52, false, ee91f2c6d395b0b4e310ac67e756de3db37788b5ef3adef6a1d1ba724f05e001"
    })
    void replayIsThatOfTheOriginal(
            String ops, String index, String uuid, String parent, boolean groupCommit, String dataSha256)
            throws IOException {
        try (LogReplay replay = replay(ops, uuid, parent, groupCommit)) {
            assertArrayEquals(Files.readAllBytes(resource(index + ".idx")), replay.indexFile());
            if (dataSha256 != null) {
                assertEquals(dataSha256, Sha256.ofFile(folder.resolve("rw")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "edge, edge, 10, , false, 8029916951bbd47e2f5da706583128b4628f5360bec5a0c69a9d4a1ff5e3dfb5",
        "edge, edge-gc, 11, , true, 6aea8c9e8fcefaedf7ab942420b7805c804a9ae22597f91d2438156746248f40",
        "empty, empty, 13, , false, ",
        "l0, l0, 40, , false, 107932cd20b98c0cc45fd4bfc13585438c3a7f1c9b6773caf97ee06b9d882099",
        "l1, l1, 41, 50, true, 41655d44af2917d07e086ebdbf245ef28dd6065a19b99c42306bf110b9cf1c40",
        "l2, l2, 42, 51, false, 9ee69769a1d3893b6beae80d29d15479a1349ff6fb4a566fba5f2c6e7e40ccfb",
        "l3, l3, 43, 52, false, ee91f2c6d395b0b4e310ac67e756de3db37788b5ef3adef6a1d1ba724f05e001"
    })
    void writableLayerHasTheFilesOfTheOriginal(
            String ops, String index, String uuid, String parent, boolean groupCommit, String dataSha256)
            throws IOException {
        LayerIdentity identity = new LayerIdentity(SIZE, uuid(uuid), uuid(parent), UserTag.NONE);
        Path data = folder.resolve("data");
        Path log = folder.resolve("index");
        List<SegmentMapping> live;
        try (LogLayer layer = (LogLayer) WritableLayer.create(WritableLayer.Kind.LOG, data, log, identity)) {
            layer.padLogTo(groupCommit ? 256 : 1);
            for (String line : Files.readAllLines(resource(ops + ".ops"))) {
                apply(layer, line.split(" "));
            }
            live = Segments.all(layer.snapshot().toLayerIndex());
        }
        assertArrayEquals(Files.readAllBytes(resource(index + ".idx")), Files.readAllBytes(log));
        if (dataSha256 != null) {
            assertEquals(dataSha256, Sha256.ofFile(data));
        }
        try (WritableLayer again = WritableLayer.open(data, log)) {
            assertEquals(live, Segments.all(again.snapshot().toLayerIndex()));
        }
    }

    private static void apply(WritableLayer layer, String[] words) throws IOException {
        switch (words[0]) {
            case "w" -> {
                long offset = Long.parseLong(words[1]);
                int length = Integer.parseInt(words[2]);
                for (int done = 0; done < length; done += 4 << 20) {
                    int piece = Math.min(4 << 20, length - done);
                    layer.write(
                            offset + done,
                            VectorContent.of(words[4].charAt(0), Long.parseLong(words[3]), offset + done, piece));
                }
            }
            case "d" -> layer.discard(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "f" -> layer.flush();
            default -> {}
        }
    }

    @Test
    void writableLayerIsSealedAsByTheOriginal() throws IOException {
        LayerIdentity identity = new LayerIdentity(SIZE, uuid("10"), uuid(null), UserTag.NONE);
        Path log = folder.resolve("index");
        try (WritableLayer layer = WritableLayer.create(WritableLayer.Kind.LOG, folder.resolve("rw"), log, identity)) {
            for (String line : Files.readAllLines(resource("edge.ops"))) {
                apply(layer, line.split(" "));
            }
            try (SealedLayer sealed = layer.seal()) {
                assertEquals(listed("edge.sealed"), Segments.all(sealed.index()));
            }
        }
        assertEquals(
                "3c03d6be71c89c0533be4878d9b879c3900317f2ead67d6146707c02c3e68466",
                Sha256.ofFile(folder.resolve("rw")));
    }

    @Test
    void sealedWritableLayerOpensAndReads() throws IOException {
        try (LogReplay replay = replay("edge", "10", null, false)) {
            replay.seal();
        }
        assertEquals(
                "3c03d6be71c89c0533be4878d9b879c3900317f2ead67d6146707c02c3e68466",
                Sha256.ofFile(folder.resolve("rw")));
        assertEquals(listed("edge.sealed"), segmentsOf("rw"));
        assertEquals("1d47c2b8e1a87cb59e24ad232aea4b66862d1f1e77af7744ac23fb7548b5848b", flat("rw"));
    }

    @ParameterizedTest
    @CsvSource({
        "edge, edge, 10, , 20, , , 093393605cdf6fa56226e4398df0ef87c2d37c47f4dd2d71e7c13d2c68037db5, "
                + "1d47c2b8e1a87cb59e24ad232aea4b66862d1f1e77af7744ac23fb7548b5848b",
        "edge, edge-fromsealed, 10, , 25, , , , 1d47c2b8e1a87cb59e24ad232aea4b66862d1f1e77af7744ac23fb7548b5848b",
        "empty, empty, 13, , 26, , , , 3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351",
        "l0, l0, 40, , 50, , , d08693c1766226fadda50acb4bf3c23c8f9b4b6f10afd44f95ab78d6ac1f6b45, "
                + "f5ddecb555ce08f74c5e26a9666567437a659db212d684c7f60f9b27a5835291",
        "l1, l1, 41, 50, 51, 50, , 26565d940b4e72d2fbe4153a19e0d83903472b2d732ccce0ab053df2878866d6, "
                + "cad149fcb58f8e8b0971cc7b99fca1d637dd5bf09daf531c35bbb8506d8138d7",
        "l2, l2, 42, 51, 52, 51, , vector, 3fa0b4ea9cf1867b2d27d03336177400549df025ee46b4cf2b6adc442cdce4e6",
        "l3, l3, 43, 52, 53, 52, , vector, e4ef42a42d606f685ec63fc1a078c5d7a33d84cf26363292ed243c92edf77a9d",
        "l3, l3-tag, 43, 52, 21, 22, hello user tag, vector, "
                + "e4ef42a42d606f685ec63fc1a078c5d7a33d84cf26363292ed243c92edf77a9d",
        "l3, l3-nouuid, 43, 52, , , , vector, e4ef42a42d606f685ec63fc1a078c5d7a33d84cf26363292ed243c92edf77a9d"
    })
    void commitHasTheBytesOfTheOriginal(
            String ops,
            String name,
            String writableUuid,
            String writableParent,
            String uuid,
            String parent,
            String tag,
            String fileSha256,
            String flatSha256)
            throws IOException {
        try (LogReplay replay = replay(ops, writableUuid, writableParent, false)) {
            replay.seal();
        }
        CommitOptions options = CommitOptions.NONE.withUserTag(tag == null ? UserTag.NONE : UserTag.ofText(tag));
        options = uuid == null ? options : options.withUuid(uuid(uuid));
        commit("commit", parent == null ? options : options.withParentUuid(uuid(parent)), "rw");
        assertEquals(flatSha256, flat("commit"));
        assertEquals(flatSha256, flat("rw"));
        if (Files.exists(Path.of(resource("edge.ops").getParent() + "/" + name + ".lsmt.segments.txt"))) {
            assertEquals(listed(name + ".lsmt"), segmentsOf("commit"));
        }
        if ("vector".equals(fileSha256)) {
            assertEquals(
                    Sha256.ofFile(Vectors.path("lsmt/" + name + ".lsmt")), Sha256.ofFile(folder.resolve("commit")));
        } else if (fileSha256 != null) {
            assertEquals(fileSha256, Sha256.ofFile(folder.resolve("commit")));
        }
    }

    @Test
    void emptyCommitHasTheBytesOfTheOriginal() throws IOException {
        try (LogReplay replay = replay("empty", "13", null, false)) {
            replay.seal();
        }
        commit("commit", CommitOptions.NONE.withUuid(uuid("26")), "rw");
        assertArrayEquals(Files.readAllBytes(resource("empty.lsmt")), Files.readAllBytes(folder.resolve("commit")));
    }

    @Test
    void stacksReadAsInTheOriginal() throws IOException {
        for (int i = 0; i < 4; i++) {
            try (LogReplay replay = replay("l" + i, "4" + i, i == 0 ? null : "5" + (i - 1), false)) {
                replay.seal();
            }
            Files.move(folder.resolve("rw"), folder.resolve("l" + i));
        }
        assertEquals("b991d7451a9586b32a93e712e147348a804309d9daf6ef6120658b4be5723d3e", flat("l0", "l1"));
        assertEquals("bffd817da77c92b2ca71c506edccf13cf172698f940370c83c540418549f7c80", flat("l0", "l1", "l2"));
        String all = "050e65b65cce75be8298c400592dab0422d20a2ac16c8cae1b3e94771711a16d";
        assertEquals(all, flat("l0", "l1", "l2", "l3"));

        commit("merged", CommitOptions.NONE.withUuid(uuid("60")), "l0", "l1", "l2", "l3");
        assertEquals(all, flat("merged"));
        assertEquals(listed("mergero-l0l1l2l3.lsmt"), segmentsOf("merged"));
        try (LayerStack merged = open("merged")) {
            assertEquals(uuid("60"), merged.trailer(0).uuid());
            assertEquals(LayerUuid.NULL, merged.trailer(0).parentUuid());
        }
    }

    @Test
    void layersOfTheOriginalStackOnOurs() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (LogReplay replay = replay("l" + i, "4" + i, null, false)) {
                replay.seal();
            }
            Files.move(folder.resolve("rw"), folder.resolve("l" + i));
        }
        String all = "050e65b65cce75be8298c400592dab0422d20a2ac16c8cae1b3e94771711a16d";
        String l2 = Vectors.path("lsmt/l2.lsmt").toString();
        assertEquals(all, flat("l0", "l1", l2, Vectors.path("lsmt/l3.lsmt").toString()));
        assertEquals(all, flat("l0", "l1", l2, Vectors.path("lsmt/l3-tag.lsmt").toString()));
    }
}
