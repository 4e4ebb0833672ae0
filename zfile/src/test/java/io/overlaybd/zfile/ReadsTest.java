package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.CountingSource;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a read costs below. */
@ExtendWith(Seeded.class)
class ReadsTest {

    private static BlobSource file(byte[] plain) throws IOException {
        return new MemorySource("memory.zfile", ZFiles.compress(plain, ZFileOptions.DEFAULT));
    }

    @Test
    void readWithinOneBlockIsOneReadOfItsStoredBytes(Random random) throws IOException {
        CountingSource inner = new CountingSource(file(ZFiles.mixed(random, 100_000)));
        try (ZFileSource source = ZFile.open(inner)) {
            JumpTable blocks = ZFileLayout.load(inner).blocks();
            int stored = (int) (blocks.offsetBytes(8) - blocks.offsetBytes(7));
            for (ByteBuffer dst : new ByteBuffer[] {ByteBuffer.allocateDirect(4096), ByteBuffer.allocate(9)}) {
                inner.reset();
                source.readFully(7 * 4096, dst);
                assertEquals(1, inner.reads().size());
                assertEquals(
                        new CountingSource.Read(blocks.offsetBytes(7), stored),
                        inner.reads().get(0));
            }
        }
    }

    @Test
    void readOfManyBlocksIsOneReadASpan(Random random) throws IOException {
        byte[] plain = ZFiles.noise(random, 1_000_000);
        CountingSource inner = new CountingSource(file(plain));
        try (ZFileSource source = ZFile.open(inner)) {
            inner.reset();
            ByteBuffer few = ByteBuffer.allocateDirect(200_000);
            source.readFully(5000, few);
            assertEquals(1, inner.reads().size());
            inner.reset();
            assertArrayEquals(plain, ZFiles.readAll(source));
            assertEquals(4, inner.reads().size());
            assertTrue(inner.reads().stream().allMatch(read -> read.lengthBytes() <= Scratch.SPAN_BYTES));
        }
    }

    @Test
    void openingAFileWithAFinalHeaderReadsHeaderAndIndexOnly(Random random) throws IOException {
        CountingSource inner = new CountingSource(file(ZFiles.mixed(random, 100_000)));
        ZFile.open(inner).close();
        assertEquals(2, inner.reads().size());
        assertEquals(1, inner.closes());
    }

    @Test
    void tryReadReadsWhatIsThereAndSaysWhatIsNot(Random random) throws IOException {
        byte[] plain = ZFiles.mixed(random, 100_000);
        ByteBuffer dst = ByteBuffer.allocateDirect(20_000).position(100);
        try (ZFileSource ready = ZFile.open(file(plain))) {
            assertTrue(ready.tryReadFully(12_345, dst));
            assertEquals(20_000, dst.position());
            byte[] found = new byte[19_900];
            dst.get(100, found);
            assertArrayEquals(Arrays.copyOfRange(plain, 12_345, 12_345 + 19_900), found);
        }
        BlobSource wouldBlock = new FaultySource(file(plain), (offset, bytes) -> {});
        try (ZFileSource waiting = ZFile.open(wouldBlock)) {
            dst.position(100);
            assertFalse(waiting.tryReadFully(12_345, dst));
            assertEquals(100, dst.position());
            assertEquals(20_000, dst.limit());
        }
    }

    @Test
    void evictionIsPassedOnForTheBlocksTouched(Random random) throws IOException {
        long[] evicted = new long[2];
        BlobSource inner = new FaultySource(file(ZFiles.mixed(random, 100_000)), (offset, bytes) -> {}, (o, l) -> {
            evicted[0] = o;
            evicted[1] = l;
            return true;
        });
        try (ZFileSource source = ZFile.open(inner)) {
            JumpTable blocks = ZFileLayout.load(inner).blocks();
            assertTrue(source.evict(4095, 2));
            assertArrayEquals(new long[] {512, blocks.offsetBytes(2) - 512}, evicted);
            assertFalse(source.evict(50, 0));
        }
    }

    /** All of them hold a scratch for a large read at once, more than the pool has slots for. */
    @Test
    void manyThreadsInReadsAtOnceGetAlongWithLittleMemory(Random random) throws Exception {
        int threads = 100;
        byte[] plain = ZFiles.noise(random, 200_000);
        CyclicBarrier allAreReading = new CyclicBarrier(threads);
        AtomicBoolean meet = new AtomicBoolean();
        BlobSource inner = new FaultySource(file(plain), (offset, bytes) -> {
            if (meet.get()) {
                await(allAreReading);
            }
        });
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (ZFileSource source = ZFile.open(inner)) {
            meet.set(true);
            Callable<byte[]> reader = () -> {
                ByteBuffer dst = ByteBuffer.allocate(plain.length);
                source.readFully(0, dst);
                return dst.array();
            };
            for (Future<byte[]> read : pool.invokeAll(Collections.nCopies(threads, reader))) {
                assertArrayEquals(plain, read.get());
            }
        } finally {
            pool.shutdown();
        }
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IOException(e);
        }
    }
}
