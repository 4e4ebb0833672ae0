package io.overlaybd.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every {@link BlockDevice} promises as far as reads go, whatever is behind it, a transport included. A subclass says
 * how to make one over a {@link Content}.
 */
@ExtendWith(Seeded.class)
public abstract class BlockDeviceContract {

    private static final int SECTOR = BlockDevice.SECTOR_BYTES;
    private static final int SECTORS = 701;
    private static final int SIZE = SECTORS * SECTOR;

    /**
     * What a device shall read as.
     *
     * @param bytes all of it, whole sectors; zeros where the kind is not DATA
     * @param kinds what is behind each sector
     */
    public record Content(byte[] bytes, ExtentKind[] kinds) {

        /** Runs of random lengths and kinds. */
        public static Content random(Random random, int sectors) {
            Content content = new Content(new byte[sectors * SECTOR], new ExtentKind[sectors]);
            for (int from = 0; from < sectors; ) {
                int to = Math.min(sectors, from + 1 + random.nextInt(40));
                ExtentKind kind = ExtentKind.values()[random.nextInt(ExtentKind.values().length)];
                Arrays.fill(content.kinds, from, to, kind);
                if (kind == ExtentKind.DATA) {
                    content.fill(random, from, to);
                }
                from = to;
            }
            return content;
        }

        private void fill(Random random, int fromSector, int toSector) {
            byte[] data = new byte[(toSector - fromSector) * SECTOR];
            random.nextBytes(data);
            System.arraycopy(data, 0, bytes, fromSector * SECTOR, data.length);
        }
    }

    /** One extent that a device told of. */
    public record Extent(long offsetBytes, long lengthBytes, ExtentKind kind) {}

    /** A new device that reads as {@code content}. The contract closes it. */
    protected abstract BlockDevice open(Content content) throws IOException;

    @Test
    public void sizeIsThatOfTheContent(Random random) throws IOException {
        try (BlockDevice device = open(Content.random(random, SECTORS))) {
            assertEquals(SIZE, device.sizeBytes());
            assertTrue(device.name() != null && !device.name().isBlank());
        }
    }

    @Test
    public void anyRangeReadsAsTheContent(Random random) throws IOException {
        Content content = Content.random(random, SECTORS);
        try (BlockDevice device = open(content)) {
            for (int i = 0; i < 300; i++) {
                int offset = random.nextInt(SIZE + 1);
                int length = random.nextInt(SIZE - offset + 1) >>> random.nextInt(16);
                assertReads(content, device, offset, buffer(random, length));
            }
            assertReads(content, device, 0, buffer(random, SIZE));
        }
    }

    private static ByteBuffer buffer(Random random, int length) {
        return random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    }

    /** The buffer comes with other bytes in it, so that zeros are seen to be written. */
    private static void assertReads(Content content, BlockDevice device, int offset, ByteBuffer dst)
            throws IOException {
        while (dst.hasRemaining()) {
            dst.put((byte) 0xA5);
        }
        device.read(offset, dst.flip());
        assertEquals(dst.limit(), dst.position());
        byte[] found = new byte[dst.flip().remaining()];
        dst.get(found);
        assertArrayEquals(Arrays.copyOfRange(content.bytes, offset, offset + found.length), found);
    }

    @Test
    public void readFillsBetweenPositionAndLimitOnly(Random random) throws IOException {
        Content content = Content.random(random, SECTORS);
        try (BlockDevice device = open(content)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(20_000);
            dst.position(10).limit(19_000);
            device.read(777, dst);
            assertEquals(19_000, dst.position());
            assertEquals(19_000, dst.limit());
            byte[] all = new byte[20_000];
            dst.clear().get(all);
            assertArrayEquals(
                    Arrays.copyOfRange(content.bytes, 777, 777 + 18_990), Arrays.copyOfRange(all, 10, 19_000));
            assertArrayEquals(new byte[10], Arrays.copyOfRange(all, 0, 10));
            assertArrayEquals(new byte[1000], Arrays.copyOfRange(all, 19_000, 20_000));
        }
    }

    @Test
    public void tryReadEitherReadsOrLeavesTheBufferPositions(Random random) throws IOException {
        Content content = Content.random(random, SECTORS);
        try (BlockDevice device = open(content)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(SIZE);
            dst.position(1).limit(SIZE - 1);
            if (device.tryRead(1, dst)) {
                assertEquals(SIZE - 1, dst.position());
                byte[] found = new byte[SIZE - 2];
                dst.flip().position(1).get(found);
                assertArrayEquals(Arrays.copyOfRange(content.bytes, 1, SIZE - 1), found);
            } else {
                assertEquals(1, dst.position());
                assertEquals(SIZE - 1, dst.limit());
            }
        }
    }

    @Test
    public void readOutsideIsRefused(Random random) throws IOException {
        try (BlockDevice device = open(Content.random(random, SECTORS))) {
            for (long offset : new long[] {-1, SIZE - 9, SIZE, Long.MAX_VALUE - 5, Long.MIN_VALUE}) {
                assertThrows(EOFException.class, () -> device.read(offset, ByteBuffer.allocate(10)));
                assertThrows(EOFException.class, () -> device.extents(offset, 10, (at, length, kind) -> true));
            }
            device.read(SIZE, ByteBuffer.allocate(0));
            device.extents(SIZE, 0, (at, length, kind) -> fail("no extent in nothing"));
        }
    }

    @Test
    public void extentsCoverTheRangeWithoutGapsAndAgreeWithReads(Random random) throws IOException {
        Content content = Content.random(random, SECTORS);
        try (BlockDevice device = open(content)) {
            for (int i = 0; i < 100; i++) {
                int offset = random.nextInt(SIZE + 1);
                int length = random.nextInt(SIZE - offset + 1) >>> random.nextInt(10);
                assertCovers(content, offset, length, extents(device, offset, length));
            }
            assertCovers(content, 0, SIZE, extents(device, 0, SIZE));
        }
    }

    /** All extents that a device tells of a range. */
    protected static List<Extent> extents(BlockDevice device, long offsetBytes, long lengthBytes) throws IOException {
        List<Extent> extents = new ArrayList<>();
        device.extents(offsetBytes, lengthBytes, (at, length, kind) -> extents.add(new Extent(at, length, kind)));
        return extents;
    }

    private static void assertCovers(Content content, int offset, int length, List<Extent> extents) {
        long at = offset;
        ExtentKind before = null;
        for (Extent extent : extents) {
            assertEquals(at, extent.offsetBytes());
            assertTrue(extent.lengthBytes() > 0);
            assertNotEquals(before, extent.kind(), "neighbours of one kind must be joined");
            before = extent.kind();
            at += extent.lengthBytes();
            if (extent.kind() != ExtentKind.DATA) {
                byte[] covered = Arrays.copyOfRange(content.bytes, (int) extent.offsetBytes(), (int) at);
                assertArrayEquals(new byte[covered.length], covered, () -> extent + " is not zero");
            }
        }
        assertEquals(offset + length, at);
    }

    @Test
    public void extentsStopWhenTheVisitorHasEnough(Random random) throws IOException {
        Content content = Content.random(random, SECTORS);
        try (BlockDevice device = open(content)) {
            List<Extent> all = extents(device, 0, SIZE);
            int wanted = 1 + random.nextInt(all.size());
            List<Extent> taken = new ArrayList<>();
            device.extents(0, SIZE, (at, length, kind) -> {
                taken.add(new Extent(at, length, kind));
                return taken.size() < wanted;
            });
            assertEquals(all.subList(0, wanted), taken);
        }
    }

    @Test
    public void manyThreadsReadAtOnce(Random random) throws Exception {
        Content content = Content.random(random, SECTORS);
        long seed = random.nextLong();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (BlockDevice device = open(content)) {
            List<Callable<Void>> readers = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(i -> () -> readAround(content, device, new Random(seed + i)))
                    .toList();
            for (Future<Void> result : pool.invokeAll(readers)) {
                result.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    private static Void readAround(Content content, BlockDevice device, Random random) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(30_000);
        for (int i = 0; i < 200; i++) {
            dst.clear().limit(random.nextInt(dst.capacity()));
            assertReads(content, device, random.nextInt(SIZE - dst.limit()), dst);
        }
        return null;
    }

    @Test
    public void closeIsIdempotent(Random random) throws IOException {
        BlockDevice device = open(Content.random(random, SECTORS));
        device.close();
        device.close();
    }
}
