package io.overlaybd.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.BlobSourceContract;
import io.overlaybd.testing.LeakGuard;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest extends BlobSourceContract {

    @TempDir
    Path folder;

    @Override
    protected BlobSource open(byte[] content) throws IOException {
        return FileSource.open(Files.write(folder.resolve("content"), content));
    }

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    @Test
    void missingFileIsNamedWithTheReason() {
        IOException e = assertThrows(IOException.class, () -> FileSource.open(folder.resolve("none")));
        assertTrue(e.getMessage().contains("none") && e.getMessage().contains("No such file"), e.getMessage());
    }

    @Test
    void readAfterCloseFails() throws IOException {
        BlobSource source = open(new byte[10]);
        source.close();
        assertThrows(ClosedChannelException.class, () -> source.readFully(0, ByteBuffer.allocate(1)));
    }

    @Test
    void fileCutWhileOpenIsAnErrorNotZeros() throws IOException {
        try (BlobSource source = open(new byte[10_000]);
                RandomAccessFile file =
                        new RandomAccessFile(folder.resolve("content").toFile(), "rw")) {
            file.setLength(5000);
            EOFException e =
                    assertThrows(EOFException.class, () -> source.readFully(4000, ByteBuffer.allocateDirect(2000)));
            assertTrue(e.getMessage().contains("5000"), e.getMessage());
        }
    }

    @Test
    void whatWasJustWrittenIsReadWithoutWaiting() throws IOException {
        Path path = Files.createTempFile(Path.of("/dev/shm"), "source", ".bin");
        byte[] content = new byte[200_000];
        Arrays.fill(content, (byte) 7);
        Files.write(path, content);
        try (BlobSource source = FileSource.open(path)) {
            for (ByteBuffer dst : new ByteBuffer[] {ByteBuffer.allocate(199_000), ByteBuffer.allocateDirect(199_000)}) {
                assertTrue(source.tryReadFully(1000, dst));
                assertEquals(199_000, dst.position());
                assertEquals(7, dst.get(198_999));
            }
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void interruptedThreadStillReads() throws IOException {
        try (BlobSource source = open(new byte[] {1, 2, 3})) {
            Thread.currentThread().interrupt();
            ByteBuffer dst = ByteBuffer.allocateDirect(3);
            source.readFully(0, dst);
            assertTrue(Thread.interrupted());
            assertEquals(3, dst.get(2));
        }
    }

    @Test
    void holesAreFound() throws IOException {
        Path sparse = folder.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(1 << 24);
            file.seek(1 << 20);
            file.write(new byte[1 << 16]);
        }
        try (FileSource source = FileSource.open(sparse)) {
            assertEquals(1 << 20, source.nextData(0));
            assertEquals((1 << 20) + (1 << 16), source.nextHole(1 << 20));
            assertEquals(-1, source.nextData((1 << 20) + (1 << 16)));
        }
    }
}
