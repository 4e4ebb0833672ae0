package io.overlaybd.service.ext4;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that mkfs.ext4 makes, and what debugfs says of them. */
@Timeout(60)
@ExtendWith(Seeded.class)
class Ext4Test {

    private static final int PIECE = 4096;
    private static final int CROWD = 500;

    /** Of the extents that debugfs tells, those of leaves: level, entries, logical, physical, length, flags. */
    private static final Pattern LEAF = Pattern.compile(
            "^ *(\\d+)/ *(\\d+) +\\d+/ *\\d+ +(\\d+) - +\\d+ +(\\d+) - +\\d+ +(\\d+) *(.*)$", Pattern.MULTILINE);

    @TempDir
    static Path tree;

    @TempDir
    Path folder;

    private FileDevice disk;

    @AfterEach
    void closeDisk() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    private static String run(String... command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertEquals(0, process.waitFor(), said);
            return said;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean has(String command) {
        return List.of("/usr/sbin", "/sbin", "/usr/bin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    /** Pieces with holes between them, so that each is an extent. */
    private static void pieces(Path file, int count, Random random) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] piece = new byte[PIECE];
            for (int i = 0; i < count; i++) {
                random.nextBytes(piece);
                out.seek(2L * i * PIECE);
                out.write(piece);
            }
        }
    }

    @BeforeAll
    static void makeTree() throws IOException {
        Random random = new Random(5);
        byte[] bytes = new byte[300_001];
        random.nextBytes(bytes);
        Files.write(tree.resolve("plain"), bytes);
        Files.write(tree.resolve("empty"), new byte[0]);
        Path deep = Files.createDirectories(tree.resolve("usr/lib/deep"));
        pieces(deep.resolve("some"), 30, random);
        pieces(deep.resolve("many"), 900, random);
        Path crowd = Files.createDirectories(tree.resolve("crowd"));
        for (int i = 0; i < CROWD; i++) {
            Files.write(crowd.resolve("a-name-that-is-not-very-short-" + i), new byte[] {(byte) i, 1});
        }
        Files.createSymbolicLink(tree.resolve("lib"), Path.of("usr/lib"));
        Files.createSymbolicLink(deep.resolve("up"), Path.of("/lib/../.././plain"));
        Files.createSymbolicLink(tree.resolve("long"), Path.of("./".repeat(100) + "plain"));
        Files.createSymbolicLink(tree.resolve("loop"), Path.of("loop"));
    }

    private FileDevice disk(String... options) throws IOException {
        disk = FileDevice.of(image(options));
        return disk;
    }

    private Path image(String... options) throws IOException {
        Assumptions.assumeTrue(has("mkfs.ext4") && has("debugfs"), "SKIPPED: no mkfs.ext4 and debugfs here");
        Path image = folder.resolve("image");
        List<String> command = new ArrayList<>(List.of("/usr/sbin/mkfs.ext4", "-q"));
        command.addAll(List.of(options));
        command.addAll(List.of("-d", tree.toString(), image.toString(), "16m"));
        run(command.toArray(String[]::new));
        return image;
    }

    private static byte[] content(FileDevice disk, List<Extent> extents, int lengthBytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(lengthBytes);
        for (Extent extent : extents) {
            disk.read(extent.deviceOffsetBytes(), content.slice((int) extent.fileOffsetBytes(), (int)
                    extent.lengthBytes()));
        }
        return content.array();
    }

    private void assertFileIs(String path, String inTree) throws IOException {
        byte[] expected = Files.readAllBytes(tree.resolve(inTree));
        assertArrayEquals(expected, content(disk, Ext4.open(disk).extentsOfFile(path), expected.length), path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-b 4096",
                "-b 1024 -I 128 -g 1024",
                "-b 2048 -O ^64bit,^metadata_csum,^flex_bg",
                "-b 4096 -O ^has_journal,^dir_index"
            })
    void filesLieWhereTheExtentsSay(String options) throws IOException {
        disk(options.split(" "));
        for (String path : List.of("plain", "usr/lib/deep/some", "usr/lib/deep/many")) {
            assertFileIs(path, path);
        }
        assertFileIs("/lib/deep/some", "usr/lib/deep/some");
        assertFileIs("usr/lib/deep/up", "plain");
        assertFileIs("long", "plain");
        assertEquals(List.of(), Ext4.open(disk).extentsOfFile("empty"));
        assertFileIs("crowd/a-name-that-is-not-very-short-499", "crowd/a-name-that-is-not-very-short-499");
    }

    @Test
    void extentsAreThoseThatDebugfsTells() throws IOException {
        Path image = image("-b", "4096");
        disk = FileDevice.of(image);
        Ext4 files = Ext4.open(disk);
        for (String path : List.of(
                "/plain", "/usr/lib/deep/some", "/usr/lib/deep/many", "/crowd/a-name-that-is-not-very-short-5")) {
            String said = run("/usr/sbin/debugfs", "-R", "dump_extents -l " + path, image.toString());
            List<String> expected = LEAF.matcher(said)
                    .results()
                    .map(leaf -> blocks(leaf, 3) + " " + blocks(leaf, 4) + " " + blocks(leaf, 5))
                    .toList();
            List<String> found = files.extentsOfFile(path).stream()
                    .map(extent -> extent.fileOffsetBytes() / PIECE + " " + extent.deviceOffsetBytes() / PIECE + " "
                            + (extent.lengthBytes() + PIECE - 1) / PIECE)
                    .toList();
            assertTrue(!expected.isEmpty(), said);
            assertEquals(expected, found, path);
        }
    }

    private static long blocks(MatchResult leaf, int group) {
        return Long.parseLong(leaf.group(group));
    }

    @Test
    void everyFileBelowAFolderIsVisitedOnce() throws IOException {
        disk("-b", "1024");
        Set<Long> places = new HashSet<>();
        List<List<Extent>> ofFiles = new ArrayList<>();
        Ext4.open(disk).visitFilesBelow("crowd/", extents -> {
            ofFiles.add(extents);
            extents.forEach(extent -> places.add(extent.deviceOffsetBytes()));
        });
        assertEquals(CROWD, ofFiles.size());
        assertEquals(CROWD, places.size());
        List<Extent> below = new ArrayList<>();
        Ext4.open(disk).visitFilesBelow("/usr/", below::addAll);
        assertTrue(below.size() >= 930, () -> "extents: " + below.size());
    }

    @Test
    void whatIsNotThereIsToldAsSuch() throws IOException {
        Ext4 files = Ext4.open(disk());
        for (String path : List.of("nothing", "plain/below", "usr", "loop", "usr/lib/deep/none", "/", "crowd/a")) {
            assertThrows(NoSuchFileException.class, () -> files.extentsOfFile(path), path);
        }
        assertThrows(NoSuchFileException.class, () -> files.visitFilesBelow("plain/", extents -> {}));
    }

    @Test
    void otherDevicesAreRefused() throws IOException {
        disk = FileDevice.of(Files.write(folder.resolve("zeros"), new byte[4096]));
        for (int length : new int[] {0, 1000, 4096}) {
            assertThrows(CorruptFormatException.class, () -> Ext4.open(disk.cutTo(length)));
        }
    }

    /** The first megabytes have superblock, descriptors, inodes and the first folders. */
    @Test
    void damageIsAnErrorOrOtherExtentsAndNeverMore(Random random) throws IOException {
        disk("-b", "1024", "-O", "^has_journal");
        for (int round = 0; round < 150; round++) {
            disk.damage.clear();
            int reach = random.nextBoolean() ? 4096 : 3 << 20;
            for (int i = random.nextInt(1 << random.nextInt(12)); i >= 0; i--) {
                disk.damage.put(1024L + random.nextInt(reach), (byte) (random.nextBoolean() ? 0xFF : random.nextInt()));
            }
            use(random.nextInt(4) == 0 ? disk.cutTo((long) (random.nextDouble() * disk.sizeBytes())) : disk);
        }
    }

    private static void use(FileDevice disk) {
        try {
            Ext4 files = Ext4.open(disk);
            for (String path :
                    List.of("plain", "lib/deep/many", "lib/deep/up", "long", "crowd/a-name-that-is-not-very-short-5")) {
                try {
                    files.extentsOfFile(path)
                            .forEach(extent -> assertTrue(
                                    extent.deviceOffsetBytes() >= 0
                                            && extent.lengthBytes() > 0
                                            && extent.deviceOffsetBytes() + extent.lengthBytes() <= disk.sizeBytes(),
                                    extent::toString));
                } catch (NoSuchFileException | CorruptFormatException expected) {
                    assertTrue(expected.getMessage() != null);
                }
            }
            files.visitFilesBelow("/", extents -> {});
        } catch (IOException expected) {
            assertTrue(expected.getMessage() != null);
        }
    }
}
