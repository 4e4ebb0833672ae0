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
 * how to make one that reads as a {@link MemoryDevice}.
 */
@ExtendWith(Seeded.class)
public abstract class BlockDeviceContract {

    private static final int SIZE = 701 * BlockDevice.SECTOR_BYTES;
    private static final int LONGEST_RUN_SECTORS = 40;

    /** One extent that a device told of. */
    public record Extent(long offsetBytes, long lengthBytes, ExtentKind kind) {}

    /** A new device that reads as {@code model}, which nobody changes any more. The contract closes it. */
    protected abstract BlockDevice open(MemoryDevice model) throws IOException;

    private static MemoryDevice model(Random random) {
        return MemoryDevice.random(random, SIZE, LONGEST_RUN_SECTORS);
    }

    @Test
    public void sizeIsThatOfTheModel(Random random) throws IOException {
        try (BlockDevice device = open(model(random))) {
            assertEquals(SIZE, device.sizeBytes());
            assertTrue(device.name() != null && !device.name().isBlank());
        }
    }

    @Test
    public void anyRangeReadsAsTheModel(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            for (int i = 0; i < 300; i++) {
                int offset = random.nextInt(SIZE + 1);
                int length = random.nextInt(SIZE - offset + 1) >>> random.nextInt(16);
                assertReads(model, device, offset, buffer(random, length));
            }
            assertReads(model, device, 0, buffer(random, SIZE));
        }
    }

    private static ByteBuffer buffer(Random random, int length) {
        return random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    }

    /** The buffer comes with other bytes in it, so that zeros are seen to be written. */
    private static void assertReads(MemoryDevice model, BlockDevice device, int offset, ByteBuffer dst)
            throws IOException {
        while (dst.hasRemaining()) {
            dst.put((byte) 0xA5);
        }
        device.read(offset, dst.flip());
        assertEquals(dst.limit(), dst.position());
        byte[] found = new byte[dst.flip().remaining()];
        dst.get(found);
        assertArrayEquals(model.copy(offset, found.length), found);
    }

    @Test
    public void readFillsBetweenPositionAndLimitOnly(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(20_000);
            dst.position(10).limit(19_000);
            device.read(777, dst);
            assertEquals(19_000, dst.position());
            assertEquals(19_000, dst.limit());
            byte[] all = new byte[20_000];
            dst.clear().get(all);
            assertArrayEquals(model.copy(777, 18_990), Arrays.copyOfRange(all, 10, 19_000));
            assertArrayEquals(new byte[10], Arrays.copyOfRange(all, 0, 10));
            assertArrayEquals(new byte[1000], Arrays.copyOfRange(all, 19_000, 20_000));
        }
    }

    @Test
    public void tryReadEitherReadsOrLeavesTheBufferPositions(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(SIZE);
            dst.position(1).limit(SIZE - 1);
            if (device.tryRead(1, dst)) {
                assertEquals(SIZE - 1, dst.position());
                byte[] found = new byte[SIZE - 2];
                dst.flip().position(1).get(found);
                assertArrayEquals(model.copy(1, SIZE - 2), found);
            } else {
                assertEquals(1, dst.position());
                assertEquals(SIZE - 1, dst.limit());
            }
        }
    }

    @Test
    public void readOutsideIsRefused(Random random) throws IOException {
        try (BlockDevice device = open(model(random))) {
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
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            for (int i = 0; i < 100; i++) {
                int offset = random.nextInt(SIZE + 1);
                int length = random.nextInt(SIZE - offset + 1) >>> random.nextInt(10);
                assertCovers(model, offset, length, extents(device, offset, length));
            }
            assertCovers(model, 0, SIZE, extents(device, 0, SIZE));
        }
    }

    /** All extents that a device tells of a range. */
    protected static List<Extent> extents(BlockDevice device, long offsetBytes, long lengthBytes) throws IOException {
        List<Extent> extents = new ArrayList<>();
        device.extents(offsetBytes, lengthBytes, (at, length, kind) -> extents.add(new Extent(at, length, kind)));
        return extents;
    }

    private static void assertCovers(MemoryDevice model, int offset, int length, List<Extent> extents) {
        long at = offset;
        ExtentKind before = null;
        for (Extent extent : extents) {
            assertEquals(at, extent.offsetBytes());
            assertTrue(extent.lengthBytes() > 0);
            assertNotEquals(before, extent.kind(), "neighbours of one kind must be joined");
            before = extent.kind();
            at += extent.lengthBytes();
            if (extent.kind() != ExtentKind.DATA) {
                byte[] covered = model.copy(extent.offsetBytes(), (int) extent.lengthBytes());
                assertArrayEquals(new byte[covered.length], covered, () -> extent + " is not zero");
            }
        }
        assertEquals(offset + length, at);
    }

    @Test
    public void extentsStopWhenTheVisitorHasEnough(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
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
        MemoryDevice model = model(random);
        long seed = random.nextLong();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (BlockDevice device = open(model)) {
            List<Callable<Void>> readers = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(i -> () -> readAround(model, device, new Random(seed + i)))
                    .toList();
            for (Future<Void> result : pool.invokeAll(readers)) {
                result.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    private static Void readAround(MemoryDevice model, BlockDevice device, Random random) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(30_000);
        for (int i = 0; i < 200; i++) {
            dst.clear().limit(random.nextInt(dst.capacity()));
            assertReads(model, device, random.nextInt(SIZE - dst.limit()), dst);
        }
        return null;
    }

    @Test
    public void closeIsIdempotent(Random random) throws IOException {
        BlockDevice device = open(model(random));
        device.close();
        device.close();
    }
}
