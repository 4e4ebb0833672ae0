package io.overlaybd.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {

    @TempDir
    Path folder;

    @Test
    void appearsWholeAndOnlyWhenFinished() throws IOException {
        Path path = folder.resolve("layer");
        try (FileSink sink = FileSink.create(path, FileSink.Existing.REFUSE)) {
            sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            sink.rewriteHead(1, ByteBuffer.wrap(new byte[] {9, 8}));
            assertEquals(4, sink.positionBytes());
            assertFalse(Files.exists(path));
            sink.finish();
        }
        assertArrayEquals(new byte[] {1, 9, 8, 4}, Files.readAllBytes(path));
        assertEquals(1, entries());
    }

    @Test
    void abandonedLeavesNothing() throws IOException {
        try (FileSink sink = FileSink.create(folder.resolve("layer"), FileSink.Existing.REFUSE)) {
            sink.write(ByteBuffer.wrap(new byte[100]));
        }
        assertEquals(0, entries());
    }

    @Test
    void existingFileIsKeptUnlessReplacementIsAsked() throws IOException {
        Path path = Files.write(folder.resolve("layer"), new byte[] {7});
        assertThrows(FileAlreadyExistsException.class, () -> FileSink.create(path, FileSink.Existing.REFUSE));
        try (FileSink sink = FileSink.create(path, FileSink.Existing.REPLACE)) {
            sink.write(ByteBuffer.wrap(new byte[] {5}));
            assertArrayEquals(new byte[] {7}, Files.readAllBytes(path));
            sink.finish();
        }
        assertArrayEquals(new byte[] {5}, Files.readAllBytes(path));
    }

    @Test
    void skippedBytesAreAHoleThatReadsAsZeros() throws IOException {
        Path path = folder.resolve("raw");
        try (FileSink sink = FileSink.create(path, FileSink.Existing.REFUSE)) {
            sink.skip(1 << 20);
            sink.write(ByteBuffer.wrap(new byte[] {5}));
            sink.skip(1 << 20);
            sink.finish();
        }
        byte[] expected = new byte[(2 << 20) + 1];
        expected[1 << 20] = 5;
        assertArrayEquals(expected, Files.readAllBytes(path));
        try (FileSource source = FileSource.open(path)) {
            assertEquals(1 << 20, source.nextData(0));
        }
    }

    @Test
    void attributesHoldFromTheBeginning() throws IOException {
        Path path = folder.resolve("private");
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
        try (FileSink sink =
                FileSink.create(path, FileSink.Existing.REFUSE, PosixFilePermissions.asFileAttribute(permissions))) {
            try (Stream<Path> entries = Files.list(folder)) {
                assertEquals(
                        permissions,
                        Files.getPosixFilePermissions(entries.findFirst().orElseThrow()));
            }
            sink.finish();
        }
        assertEquals(permissions, Files.getPosixFilePermissions(path));
    }

    @Test
    void rewriteBeyondTheEndIsRefused() throws IOException {
        try (FileSink sink = FileSink.create(folder.resolve("layer"), FileSink.Existing.REFUSE)) {
            sink.write(ByteBuffer.wrap(new byte[10]));
            assertThrows(IllegalArgumentException.class, () -> sink.rewriteHead(5, ByteBuffer.allocate(6)));
        }
    }

    private long entries() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
