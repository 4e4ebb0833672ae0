package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.CommitOptions;
import io.overlaybd.core.Committer;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSink;
import io.overlaybd.nbd.server.Endpoint;
import io.overlaybd.nbd.server.Export;
import io.overlaybd.nbd.server.NbdServer;
import io.overlaybd.nbd.server.ServerLimits;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's ext4 writes to an image, and what it wrote becomes a layer. */
@ExtendWith(Seeded.class)
class WritableFilesystemTest {

    private static final long SIZE_BYTES = 64 << 20;

    @TempDir
    Path folder;

    /** What is done with a file system. */
    private interface Action {
        SortedMap<String, Map<String, Object>> on(String uri) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void treeIsTheSameInTheCommittedLayer(Kind kind, Random random) throws Exception {
        MountedFilesystem.assumePossible();
        WritableImage image = new WritableImage(folder, kind, SIZE_BYTES);
        SortedMap<String, Map<String, Object>> written =
                serving(image.config("config.json", List.of(), 0), uri -> write(uri, random));
        assertTrue(written.size() > 200);
        Path layer = commit(image);
        Path config =
                Files.writeString(folder.resolve("committed.json"), "{\"lowers\":[{\"file\":\"" + layer + "\"}]}");
        assertEquals(written, serving(config, this::read));
    }

    private SortedMap<String, Map<String, Object>> serving(Path config, Action action) throws Exception {
        Endpoint endpoint = new Endpoint.Unix(folder.resolve("socket"));
        try (ImageService service = ImageService.configured(Optional.empty());
                BlockDevice device = service.open(config);
                NbdServer server = NbdServer.start(endpoint, new Export(device, "disk"), ServerLimits.DEFAULT)) {
            return action.on(server.uri());
        }
    }

    private SortedMap<String, Map<String, Object>> write(String uri, Random random) throws Exception {
        try (MountedFilesystem mounted = MountedFilesystem.make(uri, folder)) {
            for (int i = 0; i < 300; i++) {
                Path directory = Files.createDirectories(mounted.root().resolve("d" + i % 17));
                byte[] content = new byte[random.nextInt(1 << random.nextInt(18))];
                random.nextBytes(content);
                Files.write(directory.resolve("f" + random.nextInt(200)), content);
                Files.deleteIfExists(directory.resolve("f" + random.nextInt(200)));
            }
            Files.createSymbolicLink(mounted.root().resolve("link"), Path.of("d1/somewhere"));
            Files.write(mounted.root().resolve("large"), new byte[8 << 20]);
            return FileTree.read(mounted.root());
        }
    }

    private SortedMap<String, Map<String, Object>> read(String uri) throws Exception {
        try (MountedFilesystem mounted = MountedFilesystem.mount(uri, "ext4", folder)) {
            return FileTree.read(mounted.root());
        }
    }

    private Path commit(WritableImage image) throws IOException {
        Path layer = folder.resolve("layer");
        try (WritableLayer upper = WritableLayer.open(image.data(0), image.index(0));
                FileSink sink = FileSink.create(layer, FileSink.Existing.REFUSE)) {
            Committer.commit(LayerStack.of(List.of(upper.freeze())), sink, CommitOptions.NONE);
        }
        return layer;
    }
}
