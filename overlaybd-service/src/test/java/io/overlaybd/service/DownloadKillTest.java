package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it downloads leaves nothing that would be believed wrongly, and the next one goes on. */
@ExtendWith(Seeded.class)
class DownloadKillTest {

    private static final int UNIT_BYTES = 16 << 10;
    private static final int SECTORS = 8000;
    private static final int KILLS = Boolean.getBoolean("overlaybd.full") ? 100 : 5;

    private static final int MARK = 1;

    @TempDir
    Path folder;

    @Test
    void downloadOutlivesKills(Random random) throws Exception {
        byte[] data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
        random.nextBytes(data);
        Path layer = LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, SECTORS, 0, data);
        byte[] blob = Files.readAllBytes(layer);
        try (DockerRegistry registry = DockerRegistry.anonymous();
                RemoteLab lab = new RemoteLab(folder, registry)) {
            Path config = lab.image(blob);
            Path directory =
                    DownloadLab.directories(config, folder.resolve("layers")).get(0);
            Path committed = directory.resolve("overlaybd.commit");
            Path partial = directory.resolve(".download");
            long resumed = 0;
            for (int round = 0; round < KILLS; round++) {
                killWhile(lab, config, 1 + random.nextInt(300));
                if (Files.exists(committed)) {
                    assertArrayEquals(blob, Files.readAllBytes(committed));
                    Files.delete(committed);
                } else if (Files.exists(partial)) {
                    resumed += Files.size(partial);
                }
            }
            assertTrue(resumed > 0, "kills came in the middle");
            DownloadLab downloads = new DownloadLab();
            try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                    BlockDevice device = service.open(config)) {
                downloads.await(DownloadState.COMMITTED, 1);
                assertEquals(0, service.downloads().wrongDigests());
                assertArrayEquals(data, LayerFiles.bytes(device));
            }
            assertArrayEquals(blob, Files.readAllBytes(committed));
        }
    }

    /** Kills a child after so many reads of it. */
    private void killWhile(RemoteLab lab, Path config, int reads) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        config.toString(),
                        lab.cacheDirectory().toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD) // its log
                .start();
        try (InputStream out = child.getErrorStream()) {
            for (int seen = 0; seen < reads; ) {
                int next = out.read();
                assertTrue(next >= 0, "the child ended by itself");
                seen += next == MARK ? 1 : 0;
            }
        } finally {
            child.destroyForcibly();
        }
        child.waitFor();
    }

    /** Downloads, and reads meanwhile, for ever; a mark among what the VM has to say for each read. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws IOException {
            RemoteSettings settings = RemoteLab.settings(Path.of(args[1]), UNIT_BYTES, new SkippingTime());
            try (ImageService service = ImageService.open(settings, new DownloadLab().on());
                    BlockDevice device = service.open(Path.of(args[0]))) {
                for (long read = 0; ; read++) {
                    long sector = read * 8 % (SECTORS - 8);
                    device.read(sector * BlockDevice.SECTOR_BYTES, ByteBuffer.allocate(4096));
                    System.err.write(MARK);
                    System.err.flush();
                }
            }
        }
    }
}
