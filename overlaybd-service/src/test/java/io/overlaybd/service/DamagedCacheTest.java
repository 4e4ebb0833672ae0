package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happened to the cache directory, an image reads right as long as the registry is there. */
@ExtendWith(Seeded.class)
class DamagedCacheTest {

    private static final int UNIT_BYTES = 16 << 10;
    private static final int SECTORS = 2000;
    private static final int KILLS = Boolean.getBoolean("overlaybd.full") ? 50 : 5;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private byte[] data;
    private RemoteLab lab;
    private Path config;

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.anonymous();
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void makeImage(Random random) throws IOException {
        data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
        random.nextBytes(data);
        lab = new RemoteLab(folder, registry);
        // Without checksums of its own, so that only those of the cache protect it.
        Path layer = LayerFiles.write(folder.resolve("layer"), Wrapping.PLAIN, SECTORS, 0, data);
        config = lab.image(Files.readAllBytes(layer));
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private ServiceMetrics assertReadsRight() throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            assertArrayEquals(data, LayerFiles.bytes(device));
            return service.metrics();
        }
    }

    @Test
    void processKilledWhileItFillsTheCacheLeavesNothingWrong(Random random) throws Exception {
        long fromCache = 0;
        for (int round = 0; round < KILLS; round++) {
            fillUntilKilled(random.nextLong(), 1 + random.nextInt(100));
            fromCache += assertReadsRight().bytesFromCache();
            for (Path file : cacheFiles()) {
                Files.delete(file);
            }
        }
        assertTrue(fromCache > 0, "the kills came after something was kept");
    }

    private void fillUntilKilled(long seed, int reads) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filler.class.getName(),
                        config.toString(),
                        lab.cacheDirectory().toString(),
                        Long.toString(seed)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream out = child.getInputStream()) {
            assertEquals(reads, out.readNBytes(reads).length, "the child ended by itself");
        } finally {
            child.destroyForcibly();
        }
        assertEquals(128 + 9, child.waitFor());
    }

    /** The child: reads at random for ever, a byte of output for each read. */
    static final class Filler {

        private Filler() {}

        public static void main(String[] args) throws IOException {
            Random random = new Random(Long.parseLong(args[2]));
            RemoteSettings settings = RemoteLab.settings(Path.of(args[1]), UNIT_BYTES, new SkippingTime());
            try (ImageService service = ImageService.open(settings, DownloadLab.off());
                    BlockDevice device = service.open(Path.of(args[0]))) {
                while (true) {
                    long sector = random.nextInt(SECTORS - 8);
                    device.read(sector * BlockDevice.SECTOR_BYTES, ByteBuffer.allocate(4096));
                    System.out.write('.');
                    System.out.flush();
                }
            }
        }
    }

    /** What a hand may do to a file. */
    private enum Damage {
        FLIP {
            @Override
            void doTo(Path file, Random random) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i < 5 && bytes.length > 0; i++) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, bytes);
            }
        },
        TRUNCATE {
            @Override
            void doTo(Path file, Random random) throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(random.nextInt((int) channel.size() + 1));
                }
            }
        },
        REPLACE {
            @Override
            void doTo(Path file, Random random) throws IOException {
                byte[] garbage = new byte[random.nextInt(2 * SECTORS * BlockDevice.SECTOR_BYTES)];
                random.nextBytes(garbage);
                Files.write(file, garbage);
            }
        },
        DELETE {
            @Override
            void doTo(Path file, Random random) throws IOException {
                Files.delete(file);
            }
        };

        abstract void doTo(Path file, Random random) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void damagedFilesAreNoticed(Damage damage, Random random) throws IOException {
        assertReadsRight();
        int files = cacheFiles().size();
        assertEquals(2, files, "a blob and its record");
        for (int round = 0; round < 10; round++) {
            damage.doTo(cacheFiles().get(round % files), random);
            assertReadsRight();
        }
        assertEquals(0, assertReadsRight().upstreamRequests(), "what was wrong is right again");
    }

    @Test
    void damagedLocalFileGivesWayToTheRegistry(Random random) throws IOException {
        Path file = folder.resolve("layer");
        Damage.FLIP.doTo(file, random);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
        String remoteOnly = Files.readString(config);
        Files.writeString(config, remoteOnly.replace("{\"digest\"", "{\"file\":\"" + file + "\",\"digest\""));
        assertTrue(assertReadsRight().bytesFromUpstream() > 0);
    }

    @Test
    void foreignFilesAreLeftAlone(Random random) throws IOException {
        Path cache = Files.createDirectories(lab.cacheDirectory());
        List<Path> foreign = List.of(
                Files.write(cache.resolve("README"), new byte[100]),
                Files.write(cache.resolve("sha256:short"), new byte[100]),
                Files.createDirectories(cache.resolve("sha256:" + "0".repeat(64))),
                Files.write(Files.createDirectories(cache.resolve("folder")).resolve("file"), new byte[1]));
        assertReadsRight();
        assertReadsRight();
        assertTrue(foreign.stream().allMatch(Files::exists));
    }

    @Test
    void cacheDirectoryThatAnotherProcessHasIsAnErrorThatSaysSo() throws IOException {
        try (ImageService other = lab.service(UNIT_BYTES);
                BlockDevice device = other.open(config);
                ImageService service = lab.service(UNIT_BYTES)) {
            IOException failure = assertThrows(IOException.class, () -> service.open(config));
            assertTrue(failure.getMessage().contains("in use by another process"), failure::getMessage);
            assertTrue(lab.result().contains("cacheDir"), lab.result());
            assertTrue(device.sizeBytes() > 0);
        }
    }

    @Test
    void cacheDirectoryThatCannotBeUsedIsAnErrorThatSaysSo() throws IOException {
        Files.writeString(lab.cacheDirectory(), "not a directory");
        try (ImageService service = lab.service(UNIT_BYTES)) {
            assertThrows(IOException.class, () -> service.open(config));
            assertTrue(lab.result().contains("cannot use the cache directory: "), lab.result());
            Files.delete(lab.cacheDirectory());
            service.open(config).close();
            assertEquals("success", lab.result());
        }
    }

    /** The blob and its record. */
    private List<Path> cacheFiles() throws IOException {
        try (Stream<Path> blobs = Files.list(lab.cacheDirectory());
                Stream<Path> records = Files.list(folder.resolve("cache.presence"))) {
            return Stream.concat(blobs, records)
                    .filter(file -> file.getFileName().toString().startsWith("sha256:"))
                    .toList();
        }
    }
}
