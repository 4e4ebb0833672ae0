package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.CountingSource;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bad bytes are fetched again where a cache may be to blame, and only there. */
@ExtendWith(Seeded.class)
class ReloadTest {

    private static final int BAD_BLOCK = 5;

    private byte[] plain;
    private byte[] file;
    private long badAt;
    private int badBytes;

    /** Evictions until the bytes are good again. */
    private int sick;

    private boolean evictable = true;
    private final List<CountingSource.Read> evictions = new ArrayList<>();

    @BeforeEach
    void compress(Random random) throws IOException {
        use(ZFiles.mixed(random, 100_000), ZFileOptions.DEFAULT);
    }

    private void use(byte[] content, ZFileOptions options) throws IOException {
        plain = content;
        file = ZFiles.compress(content, options);
        JumpTable blocks =
                ZFileLayout.load(new MemorySource("memory.zfile", file)).blocks();
        badAt = blocks.offsetBytes(BAD_BLOCK);
        badBytes = (int) (blocks.offsetBytes(BAD_BLOCK + 1) - badAt);
    }

    /** A cache that has a wrong byte at {@code badByte} until it was evicted often enough. */
    private CountingSource cacheWithBadByte(long badByte) {
        return new CountingSource(new FaultySource(
                new MemorySource("memory.zfile", file),
                (offset, bytes) -> {
                    long index = badByte - offset + bytes.position();
                    if (sick > 0 && index >= bytes.position() && index < bytes.limit()) {
                        bytes.put((int) index, (byte) ~bytes.get((int) index));
                    }
                },
                (offset, length) -> {
                    evictions.add(new CountingSource.Read(offset, (int) length));
                    sick--;
                    return evictable;
                }));
    }

    @Test
    void badBlockIsEvictedAndReadAgainAlone() throws IOException {
        CountingSource cache = cacheWithBadByte(badAt + badBytes / 2);
        try (ZFileSource source = ZFile.open(cache)) {
            sick = 3;
            cache.reset();
            assertArrayEquals(plain, ZFiles.readAll(source));
            CountingSource.Read block = new CountingSource.Read(badAt, badBytes);
            assertEquals(List.of(block, block, block), evictions);
            assertEquals(
                    List.of(block, block, block),
                    cache.reads().subList(1, cache.reads().size()));
        }
    }

    @Test
    void blockThatStaysBadIsCorruptAfterThreeReloads() throws IOException {
        CountingSource cache = cacheWithBadByte(badAt);
        try (ZFileSource source = ZFile.open(cache)) {
            sick = 4;
            CorruptFormatException corrupt = assertThrows(CorruptFormatException.class, () -> ZFiles.readAll(source));
            assertEquals(3, evictions.size());
            String message = corrupt.getMessage();
            assertTrue(message.startsWith("memory.zfile: at byte " + badAt + ": block 5 "), message);
            assertTrue(message.matches(".*checksum: expected 0x[0-9a-f]{8}, found 0x[0-9a-f]{8}"), message);
        }
    }

    @Test
    void badBlockOfALocalFileIsCorruptAtOnce() throws IOException {
        evictable = false;
        CountingSource local = cacheWithBadByte(badAt);
        try (ZFileSource source = ZFile.open(local)) {
            sick = 4;
            local.reset();
            assertThrows(CorruptFormatException.class, () -> ZFiles.readAll(source));
            assertEquals(1, local.reads().size());
            ByteBuffer other = ByteBuffer.allocate(100);
            source.readFully(0, other);
        }
    }

    @Test
    void undecodableBlockWithoutChecksumIsReloadedToo() throws IOException {
        use(new byte[100_000], ZFileOptions.DEFAULT.withChecksums(false));
        CountingSource cache = cacheWithBadByte(badAt);
        try (ZFileSource source = ZFile.open(cache)) {
            sick = 1;
            assertArrayEquals(plain, ZFiles.readAll(source));
            assertEquals(1, evictions.size());
            sick = 9;
            assertThrows(CorruptFormatException.class, () -> ZFiles.readAll(source));
        }
    }

    @Test
    void tryReadLeavesABadBlockToWhoMayWait() throws IOException {
        byte[] broken = file.clone();
        broken[(int) badAt]++;
        try (ZFileSource source = ZFiles.open(broken)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(4096);
            assertFalse(source.tryReadFully(BAD_BLOCK * 4096L, dst));
            assertEquals(0, dst.position());
            assertTrue(source.tryReadFully(0, dst));
        }
    }

    @Test
    void badHeaderOrIndexIsEvictedWithAllAndReadAgainTwice() throws IOException {
        for (long badByte : new long[] {0, 100, file.length - 520}) {
            evictions.clear();
            sick = 2;
            ZFile.open(cacheWithBadByte(badByte)).close();
            CountingSource.Read all = new CountingSource.Read(0, file.length);
            assertEquals(List.of(all, all), evictions);
            sick = 3;
            CountingSource cache = cacheWithBadByte(badByte);
            assertThrows(CorruptFormatException.class, () -> ZFile.open(cache));
            assertEquals(0, cache.closes());
        }
    }

    @Test
    void badHeaderOfALocalFileIsCorruptAtOnce() {
        evictable = false;
        sick = 1;
        assertThrows(CorruptFormatException.class, () -> ZFile.open(cacheWithBadByte(0)));
        assertEquals(1, evictions.size());
    }

    @Test
    void failureToReadIsPassedOnAndNothingIsEvicted() throws IOException {
        BlobSource failing = new FaultySource(
                new MemorySource("memory.zfile", file),
                (offset, bytes) -> {
                    if (sick > 0) {
                        throw new IOException("registry is away");
                    }
                },
                (offset, length) -> evictions.add(new CountingSource.Read(offset, (int) length)));
        try (ZFileSource source = ZFile.open(failing)) {
            sick = 1;
            IOException failure = assertThrows(IOException.class, () -> ZFiles.readAll(source));
            assertEquals("registry is away", failure.getMessage());
            assertEquals(List.of(), evictions);
        }
    }

    @Test
    void verifyFindsABadBlockAndReloadsNothing() throws IOException {
        BlobSource good = new MemorySource("memory.zfile", file);
        ZFile.verify(good);
        sick = 1;
        CorruptFormatException corrupt =
                assertThrows(CorruptFormatException.class, () -> ZFile.verify(cacheWithBadByte(badAt + badBytes - 1)));
        assertTrue(corrupt.getMessage().contains("block 5"), corrupt.getMessage());
        assertEquals(List.of(), evictions);
    }

    @Test
    void verifyNeedsChecksums() throws IOException {
        byte[] unguarded = ZFiles.compress(plain, ZFileOptions.DEFAULT.withChecksums(false));
        assertThrows(CorruptFormatException.class, () -> ZFile.verify(new MemorySource("memory.zfile", unguarded)));
    }
}
