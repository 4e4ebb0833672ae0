package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers and stacks written by the original, through the whole chain. */
class OriginalLayersTest {

    private static final String EDGE = "1d47c2b8e1a87cb59e24ad232aea4b66862d1f1e77af7744ac23fb7548b5848b";
    private static final String EMPTY = "3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351";
    private static final String L3 = "e4ef42a42d606f685ec63fc1a078c5d7a33d84cf26363292ed243c92edf77a9d";

    @TempDir
    Path folder;

    private void assertStack(String sha256, Path... layers) throws IOException {
        Path config = LayerFiles.config(folder.resolve("config.v1.json"), layers);
        try (ImageService service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
                BlockDevice device = service.open(config)) {
            assertEquals(sha256, LayerFiles.sha256(device));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "edge.lz4.bs4k.zfile, " + EDGE,
        "edge.lz4.tar, " + EDGE,
        "edge.zstd.bs16k.tar, " + EDGE,
        "edge-fromsealed.lz4.zfile, " + EDGE,
        "empty.lsmt, " + EMPTY,
        "empty.lz4.zfile, " + EMPTY,
        "l0.lz4.tar, f5ddecb555ce08f74c5e26a9666567437a659db212d684c7f60f9b27a5835291",
        "l1.zstd.bs16k.zfile, cad149fcb58f8e8b0971cc7b99fca1d637dd5bf09daf531c35bbb8506d8138d7",
        "l2.lsmt, 3fa0b4ea9cf1867b2d27d03336177400549df025ee46b4cf2b6adc442cdce4e6",
        "l3.lsmt, " + L3,
        "l3-tag.lsmt, " + L3,
        "l3-nouuid.lsmt, " + L3
    })
    void aLayerReadsAsTheOriginalReadIt(String file, String sha256) throws IOException {
        assertStack(sha256, Vectors.path("lsmt/" + file));
    }

    @ParameterizedTest
    @CsvSource({
        "2, b991d7451a9586b32a93e712e147348a804309d9daf6ef6120658b4be5723d3e",
        "3, bffd817da77c92b2ca71c506edccf13cf172698f940370c83c540418549f7c80",
        "4, 050e65b65cce75be8298c400592dab0422d20a2ac16c8cae1b3e94771711a16d"
    })
    void aStackReadsAsTheOriginalReadIt(int layers, String sha256) throws IOException {
        assertStack(
                sha256,
                Stream.of("l0.lz4.tar", "l1.zstd.bs16k.zfile", "l2.lsmt", "l3.lsmt")
                        .limit(layers)
                        .map(file -> Vectors.path("lsmt/" + file))
                        .toArray(Path[]::new));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFilesystemReadsAsTheOriginalReadIt(int layers) throws IOException {
        String sha256 = Files.readString(Vectors.path("ext4/l" + layers + ".flat.sha256"))
                .split(" ")[0];
        assertStack(
                sha256,
                Stream.of("l1.lz4.tar", "l2.zstd.tar", "l3.lsmt")
                        .limit(layers)
                        .map(file -> Vectors.path("ext4/" + file))
                        .toArray(Path[]::new));
    }

    @Test
    void aLayerIsFoundInItsDirectory() throws IOException {
        Files.copy(Vectors.path("lsmt/empty.lz4.zfile"), folder.resolve("overlaybd.commit"));
        Path config = Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"lowers\":[{\"file\":\"" + folder + "/none\",\"dir\":\"" + folder + "\"}]}");
        try (ImageService service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
                BlockDevice device = service.open(config)) {
            assertEquals(EMPTY, LayerFiles.sha256(device));
        }
    }
}
