package io.overlaybd.service;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An image of one layer of random bytes in a real registry, and the directory that the layer is downloaded to. */
@ExtendWith(Seeded.class)
abstract class DownloadCase {

    static final int UNIT_BYTES = 16 << 10;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    final DownloadLab downloads = new DownloadLab();
    final int sectors;

    /** What the image holds, and the layer's file. */
    byte[] data;

    byte[] blob;

    RemoteLab lab;
    Path config;

    /** The layer once it is there, and while it comes. */
    Path committed;

    Path partial;

    DownloadCase(int sectors) {
        this.sectors = sectors;
    }

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.anonymous();
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    final void makeImage(Random random) throws IOException {
        data = new byte[sectors * BlockDevice.SECTOR_BYTES];
        random.nextBytes(data);
        lab = new RemoteLab(folder, registry);
        use(Wrapping.TAR_ZFILE);
    }

    @AfterEach
    final void close() {
        lab.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    /** Makes another layer of the same data. */
    final void use(Wrapping wrapping) throws IOException {
        Files.deleteIfExists(folder.resolve("layer"));
        blob = Files.readAllBytes(LayerFiles.write(folder.resolve("layer"), wrapping, sectors, 0, data));
        useDirectory(folder.resolve("layers"));
    }

    /** Has the layer downloaded to a folder of its own in another one. */
    final void useDirectory(Path parent) throws IOException {
        config = lab.image(blob);
        Path directory = DownloadLab.directories(config, parent).get(0);
        committed = directory.resolve("overlaybd.commit");
        partial = directory.resolve(".download");
    }
}
