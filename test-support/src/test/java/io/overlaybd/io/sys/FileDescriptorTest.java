package io.overlaybd.io.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    void nothingWorksAfterClose() throws IOException {
        FileDescriptor file = FileDescriptor.openReadWrite(folder.resolve("file"));
        file.close();
        file.close();
        assertThrows(ClosedChannelException.class, () -> file.write(0, ones(1)));
        assertThrows(ClosedChannelException.class, file::allocatedBytes);
        assertThrows(ClosedChannelException.class, () -> file.punchHole(0, 1));
        assertThrows(ClosedChannelException.class, file::tryLock);
    }
}
