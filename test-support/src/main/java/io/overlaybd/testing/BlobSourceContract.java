package io.overlaybd.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every {@link BlobSource} promises, whatever is behind it. A subclass says how to make one over given bytes. */
@ExtendWith(Seeded.class)
public abstract class BlobSourceContract {

    private static final int SIZE = 300_007;

    /** A new source that reads as {@code content}. The contract closes it. */
    protected abstract BlobSource open(byte[] content) throws IOException;

    private static byte[] content(Random random) {
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        Arrays.fill(content, SIZE / 3, SIZE / 2, (byte) 0);
        return content;
    }

    @Test
    public void sizeIsThatOfTheContent(Random random) throws IOException {
        try (BlobSource source = open(content(random))) {
            assertEquals(SIZE, source.sizeBytes());
        }
    }

    @Test
    public void readFillsBetweenPositionAndLimitOnly(Random random) throws IOException {
        byte[] content = content(random);
        try (BlobSource source = open(content)) {
            for (ByteBuffer dst : new ByteBuffer[] {ByteBuffer.allocate(100), ByteBuffer.allocateDirect(100)}) {
                dst.position(10).limit(90);
                source.readFully(4090, dst);
                assertEquals(90, dst.position());
                byte[] all = new byte[100];
                dst.clear().get(all);
                assertArrayEquals(Arrays.copyOfRange(content, 4090, 4170), Arrays.copyOfRange(all, 10, 90));
                assertArrayEquals(new byte[10], Arrays.copyOfRange(all, 0, 10));
                assertArrayEquals(new byte[10], Arrays.copyOfRange(all, 90, 100));
            }
        }
    }

    @Test
    public void anyRangeReadsAsTheContent(Random random) throws IOException {
        byte[] content = content(random);
        try (BlobSource source = open(content)) {
            for (int i = 0; i < 300; i++) {
                int offset = random.nextInt(SIZE + 1);
                int length = random.nextInt(SIZE - offset + 1) >>> random.nextInt(16);
                ByteBuffer dst = random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
                source.readFully(offset, dst);
                assertReads(content, offset, dst);
            }
        }
    }

    private static void assertReads(byte[] content, int offset, ByteBuffer dst) {
        byte[] found = new byte[dst.flip().remaining()];
        dst.get(found);
        assertArrayEquals(Arrays.copyOfRange(content, offset, offset + found.length), found);
    }

    @Test
    public void tryReadEitherReadsOrLeavesTheBufferPositions(Random random) throws IOException {
        byte[] content = content(random);
        try (BlobSource source = open(content)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(8192);
            dst.position(1);
            if (source.tryReadFully(777, dst)) {
                assertEquals(8192, dst.position());
                assertReads(
                        content,
                        777,
                        dst.duplicate().limit(8192).position(1).slice().position(8191));
            } else {
                assertEquals(1, dst.position());
                assertEquals(8192, dst.limit());
            }
        }
    }

    @Test
    public void readOutsideIsRefused(Random random) throws IOException {
        try (BlobSource source = open(content(random))) {
            for (long offset : new long[] {-1, SIZE - 9, SIZE, Long.MAX_VALUE - 5, Long.MIN_VALUE}) {
                assertThrows(EOFException.class, () -> source.readFully(offset, ByteBuffer.allocate(10)));
            }
            source.readFully(SIZE, ByteBuffer.allocate(0));
        }
    }

    @Test
    public void manyThreadsReadAtOnce(Random random) throws Exception {
        byte[] content = content(random);
        long seed = random.nextLong();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (BlobSource source = open(content)) {
            Callable<Void> reader = () -> {
                Random own = new Random(seed + Thread.currentThread().getId());
                for (int i = 0; i < 200; i++) {
                    int offset = own.nextInt(SIZE - 5000);
                    ByteBuffer dst = ByteBuffer.allocateDirect(own.nextInt(5000));
                    source.readFully(offset, dst);
                    assertReads(content, offset, dst);
                }
                return null;
            };
            for (Future<Void> result :
                    pool.invokeAll(IntStream.range(0, 8).mapToObj(i -> reader).toList())) {
                result.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    public void prefetchChangesNothingButStaysWithinTheEnd(Random random) throws IOException {
        byte[] content = content(random);
        try (BlobSource source = open(content)) {
            source.prefetch(0, 0);
            source.prefetch(content.length, 0);
            source.prefetch(1, content.length - 1);
            source.prefetch(1, content.length - 1);
            ByteBuffer dst = ByteBuffer.allocate(content.length);
            source.readFully(0, dst);
            assertReads(content, 0, dst);
            assertThrows(EOFException.class, () -> source.prefetch(1, content.length));
            assertThrows(EOFException.class, () -> source.prefetch(0, Long.MAX_VALUE));
        }
    }

    @Test
    public void emptyContentIsReadable() throws IOException {
        try (BlobSource source = open(new byte[0])) {
            assertEquals(0, source.sizeBytes());
            source.readFully(0, ByteBuffer.allocate(0));
            assertThrows(EOFException.class, () -> source.readFully(0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    public void closeIsIdempotentAndTheNameSaysSomething(Random random) throws IOException {
        BlobSource source = open(content(random));
        assertTrue(source.name() != null && !source.name().isBlank());
        source.close();
        source.close();
    }
}
