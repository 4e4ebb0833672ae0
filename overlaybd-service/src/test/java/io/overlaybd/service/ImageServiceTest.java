package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.config.ConfigException;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageServiceTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private ImageService service;

    @BeforeEach
    void openService() throws IOException {
        service = ImageService.open(GlobalConfigs.withCacheIn(folder.resolve("cache")));
    }

    @AfterEach
    void nothingIsLeftOpen() {
        service.close();
        assertEquals(ServiceMetrics.NONE, service.metrics());
        assertFalse(Files.exists(folder.resolve("cache")), "local layers need no cache");
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path layer(String name, Wrapping wrapping, int atSector, int sectors, int value) throws IOException {
        return LayerFiles.write(folder.resolve(name), wrapping, 64, atSector, sectors, value);
    }

    private Path config(Path... layers) throws IOException {
        return LayerFiles.config(folder.resolve("config.v1.json"), layers);
    }

    private Path config(String json) throws IOException {
        return Files.writeString(folder.resolve("config.v1.json"), json);
    }

    private String failure(Path config) {
        return assertThrows(IOException.class, () -> service.open(config)).getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void aLayerIsReadThroughEveryWrapping(Wrapping wrapping) throws IOException {
        try (BlockDevice device = service.open(config(layer("a", wrapping, 8, 8, 7)))) {
            byte[] expected = new byte[64 * 512];
            Arrays.fill(expected, 8 * 512, 16 * 512, (byte) 7);
            assertArrayEquals(expected, LayerFiles.bytes(device));
        }
    }

    @Test
    void theLastLayerIsOnTop() throws IOException {
        Path bottom = layer("bottom", Wrapping.TAR_ZFILE, 0, 16, 1);
        Path top = layer("top", Wrapping.PLAIN, 8, 16, 2);
        try (BlockDevice device = service.open(config(bottom, top))) {
            byte[] bytes = LayerFiles.bytes(device);
            assertEquals(1, bytes[8 * 512 - 1]);
            assertEquals(2, bytes[8 * 512]);
            assertEquals(2, bytes[15 * 512]);
        }
    }

    @Test
    void aThousandLayersStack() throws IOException {
        Path[] layers = new Path[1000];
        byte[] expected = new byte[1000 * 512];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = LayerFiles.write(folder.resolve("layer" + i), Wrapping.ZFILE, 1000, i, 1, i);
            Arrays.fill(expected, i * 512, (i + 1) * 512, (byte) i);
        }
        try (BlockDevice device = service.open(config(layers))) {
            assertArrayEquals(expected, LayerFiles.bytes(device));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlaybd.commit", ".commit", "overlaybd.sealed"})
    void aLayerIsFoundInItsDirectoryUnderEveryName(String name) throws IOException {
        layer("dir/" + name, Wrapping.PLAIN, 0, 1, 9);
        try (BlockDevice device = service.open(config("{\"lowers\":[{\"dir\":\"" + folder + "/dir\"}]}"))) {
            assertEquals(9, LayerFiles.bytes(device)[0]);
        }
    }

    @Test
    void anExistingFileWinsOverTheDirectoryAndTheRegistry() throws IOException {
        Path file = layer("file", Wrapping.PLAIN, 0, 1, 1);
        layer("dir/overlaybd.commit", Wrapping.PLAIN, 0, 1, 2);
        Path config = config("{\"repoBlobUrl\":\"https://host/v2/r/blobs\",\"lowers\":[{\"file\":\"" + file
                + "\",\"dir\":\"" + folder + "/dir\",\"digest\":\"" + DIGEST + "\"}]}");
        try (BlockDevice device = service.open(config)) {
            assertEquals(1, LayerFiles.bytes(device)[0]);
        }
    }

    @Test
    void everyLayerThatCannotBeOpenedIsNamed() throws IOException {
        Path good = layer("good", Wrapping.ZFILE, 0, 1, 1);
        Path garbage = Files.write(folder.resolve("garbage"), new byte[10_000]);
        Path config = config(good, garbage, folder.resolve("missing"), good, folder);
        IOException failure = assertThrows(IOException.class, () -> service.open(config));
        String[] lines = failure.getMessage().split("\n");
        assertEquals(config + ": 3 of 5 layers cannot be opened:", lines[0]);
        assertTrue(lines[1].startsWith("  layer 1: " + garbage + ": at byte 0: "), lines[1]);
        assertTrue(lines[1].endsWith("; fetch or build this layer again"), lines[1]);
        assertEquals(
                "  layer 2: none of these files exists: " + folder.resolve("missing")
                        + "; correct file or dir, or provide one",
                lines[2]);
        assertEquals(
                "  layer 4: " + folder + ": is a directory; name the layer file in it, or use the key dir", lines[3]);
        assertTrue(failure.getCause().getCause() instanceof CorruptFormatException);
        assertEquals(2, failure.getSuppressed().length);
    }

    @Test
    void oneLayerThatCannotBeOpenedIsOneLine() throws IOException {
        Path config = config(layer("good", Wrapping.PLAIN, 0, 1, 1), folder.resolve("missing"));
        assertEquals(
                config + ": layer 1: none of these files exists: " + folder.resolve("missing")
                        + "; correct file or dir, or provide one",
                failure(config));
    }

    @Test
    void aRemoteLayerWithoutARepositoryIsRefusedWithAdvice() throws IOException {
        Path config = config("{\"lowers\":[{\"dir\":\"" + folder + "/none\",\"digest\":\"" + DIGEST + "\"}]}");
        assertEquals(
                config + ": layer 0: no local file has " + DIGEST
                        + ", and the config names no registry; set repoBlobUrl, or provide the file",
                failure(config));
    }

    @Test
    void aTurboOciLayerIsRefused() throws IOException {
        String message = failure(config("{\"lowers\":[{\"file\":\"f\",\"targetFile\":\"t\"}]}"));
        assertTrue(message.contains("layer 0: is a turboOCI layer"), message);
    }

    @Test
    void problemsOfTheConfigComeAsSuch() throws IOException {
        Path config = config("{\"lowers\":[]}");
        assertThrows(ConfigException.class, () -> service.open(config));
    }

    @Test
    void aLayerCutAnywhereIsRefusedAndClosed() throws IOException {
        byte[] whole = Files.readAllBytes(layer("whole", Wrapping.TAR_ZFILE, 0, 8, 3));
        Path cut = folder.resolve("cut");
        Path config = config(cut);
        for (int length = 0; length < whole.length - 3 * 512; length += 97) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertTrue(failure(config).contains("layer 0: " + cut), "cut at " + length);
        }
    }
}
