package io.overlaybd.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.io.BlockDevice;
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
import org.junit.jupiter.api.Test;

/** What a {@link BlockDevice} that can be written promises beyond {@link BlockDeviceContract}. */
public abstract class WritableBlockDeviceContract extends BlockDeviceContract {

    private static final int SECTOR = BlockDevice.SECTOR_BYTES;
    private static final int SECTORS = 701;
    private static final int SIZE = SECTORS * SECTOR;
    private static final int WRITERS = 4;

    private static MemoryDevice model(Random random) {
        return MemoryDevice.random(random, SIZE, 30);
    }

    @Test
    public void writesAndDiscardsReadBack(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            assertFalse(device.isReadOnly());
            for (int i = 0; i < 400; i++) {
                change(random, model, device);
                if (i % 50 == 0) {
                    device.flush();
                    assertSame(model, device);
                }
            }
            device.flush();
            assertSame(model, device);
        }
    }

    private static void change(Random random, MemoryDevice model, BlockDevice device) throws IOException {
        int first = random.nextInt(SECTORS);
        int length = (1 + random.nextInt(SECTORS - first) >>> random.nextInt(8)) * SECTOR;
        long offset = (long) first * SECTOR;
        if (random.nextInt(4) == 0) {
            model.zero(offset, length);
            device.discard(offset, length);
            return;
        }
        byte[] data = new byte[length];
        random.nextBytes(data);
        model.write(offset, data);
        ByteBuffer src = random.nextBoolean() ? ByteBuffer.allocateDirect(length + 7) : ByteBuffer.allocate(length + 7);
        src.position(3).limit(length + 3);
        src.put(data).position(3);
        device.write(offset, src);
        assertEquals(length + 3, src.position());
        assertEquals(length + 3, src.limit());
    }

    private static void assertSame(MemoryDevice model, BlockDevice device) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(SIZE);
        device.read(0, all);
        assertArrayEquals(model.copy(0, SIZE), all.array());
        for (Extent extent : extents(device, 0, SIZE)) {
            if (extent.kind() != BlockDevice.ExtentKind.DATA) {
                byte[] covered = model.copy(extent.offsetBytes(), (int) extent.lengthBytes());
                assertArrayEquals(new byte[covered.length], covered, () -> extent + " is not zero");
            }
        }
    }

    @Test
    public void writeThatIsNotWholeSectorsIsRefused(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            assertThrows(IllegalArgumentException.class, () -> device.write(1, ByteBuffer.allocate(SECTOR)));
            assertThrows(IllegalArgumentException.class, () -> device.write(0, ByteBuffer.allocate(SECTOR - 1)));
            assertThrows(IllegalArgumentException.class, () -> device.discard(7, SECTOR));
            assertThrows(IllegalArgumentException.class, () -> device.discard(0, SECTOR + 1));
            assertSame(model, device);
        }
    }

    @Test
    public void writeOutsideIsRefusedAndChangesNothing(Random random) throws IOException {
        MemoryDevice model = model(random);
        try (BlockDevice device = open(model)) {
            for (long offset : new long[] {-SECTOR, SIZE - SECTOR, SIZE, Long.MAX_VALUE - SECTOR + 1, Long.MIN_VALUE}) {
                assertThrows(EOFException.class, () -> device.write(offset, ByteBuffer.allocate(2 * SECTOR)));
                assertThrows(EOFException.class, () -> device.discard(offset, 2 * SECTOR));
            }
            device.write(SIZE, ByteBuffer.allocate(0));
            device.discard(SIZE, 0);
            assertSame(model, device);
        }
    }

    /** Every writer has sectors of its own, every sector says which write it is of: no read may see another one's. */
    @Test
    public void readersSeeEachSectorWholeBesideWritersAndFlushes(Random random) throws Exception {
        long seed = random.nextLong();
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 2);
        try (BlockDevice device = open(new MemoryDevice("empty", SIZE))) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                tasks.add(() -> writeOwn(device, writer, new Random(seed + writer)));
            }
            tasks.add(() -> readAll(device));
            tasks.add(() -> readAll(device));
            for (Future<Void> result : pool.invokeAll(tasks)) {
                result.get();
            }
            readAll(device);
        } finally {
            pool.shutdown();
        }
    }

    private static Void writeOwn(BlockDevice device, int writer, Random random) throws IOException {
        byte[] latest = new byte[SECTORS];
        for (int i = 1; i <= 300; i++) {
            int sector = random.nextInt(SECTORS / WRITERS) * WRITERS + writer;
            byte value = random.nextInt(5) == 0 ? 0 : (byte) (random.nextInt(31) * WRITERS + writer + 1);
            if (value == 0) {
                device.discard((long) sector * SECTOR, SECTOR);
            } else {
                device.write((long) sector * SECTOR, filled(value));
            }
            latest[sector] = value;
            if (i % 60 == 0) {
                device.flush();
            }
            int other = random.nextInt(SECTORS / WRITERS) * WRITERS + writer;
            ByteBuffer found = ByteBuffer.allocate(SECTOR);
            device.read((long) other * SECTOR, found);
            assertArrayEquals(filled(latest[other]).array(), found.array(), "own write is seen");
        }
        return null;
    }

    private static ByteBuffer filled(byte value) {
        byte[] bytes = new byte[SECTOR];
        Arrays.fill(bytes, value);
        return ByteBuffer.wrap(bytes);
    }

    private static Void readAll(BlockDevice device) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(SIZE);
        for (int round = 0; round < 30; round++) {
            device.read(0, all.clear());
            for (int sector = 0; sector < SECTORS; sector++) {
                byte value = all.get(sector * SECTOR);
                assertEquals(value == 0 ? 0 : sector % WRITERS, value == 0 ? 0 : (value - 1) % WRITERS);
                for (int i = 1; i < SECTOR; i++) {
                    assertEquals(value, all.get(sector * SECTOR + i));
                }
            }
        }
        return null;
    }
}
