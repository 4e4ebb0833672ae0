package io.overlaybd.io.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDescriptorTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private static ByteBuffer ones(int lengthBytes) {
        ByteBuffer ones = ByteBuffer.allocateDirect(lengthBytes);
        while (ones.hasRemaining()) {
            ones.put((byte) 1);
        }
        return ones.flip();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path path = folder.resolve("file");
        try (FileDescriptor file = FileDescriptor.openReadWrite(path)) {
            ByteBuffer src = ones(100).position(10);
            file.write(5000, src);
            file.sync();
            assertEquals(100, src.position());
            assertEquals(5090, file.sizeBytes());
            ByteBuffer dst = ByteBuffer.allocateDirect(2);
            file.read(4999, dst);
            assertEquals(1, dst.getShort(0));
        }
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void openingForWritingKeepsWhatIsThere() throws IOException {
        Path path = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
        try (FileDescriptor file = FileDescriptor.openReadWrite(path)) {
            assertEquals(3, file.sizeBytes());
        }
    }

    @Test
    void punchedRangeIsZeroAndItsSpaceIsGivenBack() throws IOException {
        try (FileDescriptor file = FileDescriptor.openReadWrite(folder.resolve("file"))) {
            file.write(0, ones(MIB));
            long before = file.allocatedBytes();
            assertTrue(before >= MIB, "allocated " + before);
            file.punchHole(0, MIB / 2);
            assertEquals(MIB, file.sizeBytes());
            assertTrue(file.allocatedBytes() <= before - MIB / 2);
            ByteBuffer dst = ByteBuffer.allocateDirect(MIB);
            file.read(0, dst);
            assertEquals(0, dst.get(MIB / 2 - 1));
            assertEquals(1, dst.get(MIB / 2));
        }
    }

    @Test
    void lengthenedFileTakesNoSpace() throws IOException {
        try (FileDescriptor file = FileDescriptor.openReadWrite(folder.resolve("file"))) {
            file.truncate(1L << 30);
            assertEquals(1L << 30, file.sizeBytes());
            assertEquals(0, file.allocatedBytes());
        }
    }

    @Test
    void lockIsHeldByOneDescriptorUntilItIsClosed() throws IOException {
        Path path = folder.resolve("lock");
        try (FileDescriptor second = FileDescriptor.openReadWrite(path)) {
            try (FileDescriptor first = FileDescriptor.openReadWrite(path)) {
                assertTrue(first.tryLock());
                assertFalse(second.tryLock());
            }
            assertTrue(second.tryLock());
        }
    }

    @Test
    void failuresNameTheFileAndTheReason() throws IOException {
        Path path = Files.write(folder.resolve("file"), new byte[10]);
        try (FileDescriptor file = FileDescriptor.openReadOnly(path)) {
            for (IOException e : new IOException[] {
                assertThrows(IOException.class, () -> file.write(0, ones(1))),
                assertThrows(IOException.class, () -> file.truncate(1)),
                assertThrows(IOException.class, () -> file.punchHole(0, 1))
            }) {
                assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
                assertTrue(e.getMessage().contains("errno"), e.getMessage());
            }
        }
    }

    @Test
    void whatIsInMemoryIsReadWithoutWaiting() throws IOException {
        Path path = Files.createTempFile(Path.of("/dev/shm"), "ready", ".bin");
        try (FileDescriptor file = FileDescriptor.openReadWrite(path)) {
            file.write(0, ones(10_000));
            ByteBuffer dst = ByteBuffer.allocateDirect(8192).position(10);
            for (int round = 0; round < 2; round++) {
                assertEquals(8182, file.tryRead(1000, dst.position(10)));
                assertEquals(8192, dst.position());
                assertEquals(1, dst.get(8191));
            }
            assertEquals(0, file.tryRead(10_000, dst.clear()));
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void whatNobodyKnowsAnythingOfWouldBlock() throws IOException {
        try (FileDescriptor file = FileDescriptor.openReadOnly(Path.of("/proc/version"))) {
            ByteBuffer dst = ByteBuffer.allocateDirect(8).position(3);
            for (int round = 0; round < 2; round++) {
                assertEquals(FileDescriptor.WOULD_BLOCK, file.tryRead(0, dst));
                assertEquals(3, dst.position());
            }
        }
    }

    @Test
    void whatIsNotInThePageCacheWouldBlockUntilItWasRead() throws Exception {
        Path path = Files.write(folder.resolve("cold"), new byte[64 * 1024]);
        assumeTrue(
                Set.of("ext4", "xfs", "btrfs").contains(Files.getFileStore(path).type()), "knows RWF_NOWAIT");
        dropFromPageCache(path);
        try (FileDescriptor file = FileDescriptor.openReadOnly(path)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(64 * 1024).position(1024);
            assertEquals(FileDescriptor.WOULD_BLOCK, file.tryRead(1024, dst));
            assertEquals(1024, dst.position());
            file.read(0, dst.clear());
            assertEquals(63 * 1024, file.tryRead(1024, dst.position(1024)));
        }
    }

    private static void dropFromPageCache(Path path) throws Exception {
        Process dd = new ProcessBuilder("dd", "of=" + path, "oflag=nocache", "conv=notrunc,fdatasync", "count=0")
                .redirectErrorStream(true)
                .start();
        assertEquals(0, dd.waitFor(), () -> dd.inputReader().lines().toList().toString());
    }

    @Test
    void nothingWorksAfterClose() throws IOException {
        FileDescriptor file = FileDescriptor.openReadWrite(folder.resolve("file"));
        file.close();
        file.close();
        assertThrows(ClosedChannelException.class, () -> file.write(0, ones(1)));
        assertThrows(ClosedChannelException.class, file::allocatedBytes);
        assertThrows(ClosedChannelException.class, () -> file.punchHole(0, 1));
        assertThrows(ClosedChannelException.class, file::tryLock);
        assertThrows(ClosedChannelException.class, () -> file.tryRead(0, ones(1)));
    }
}
