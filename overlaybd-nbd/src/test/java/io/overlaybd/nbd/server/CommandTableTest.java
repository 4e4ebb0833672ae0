package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command but reads. */
class CommandTableTest {

    private static final int SIZE = 4 << 20;
    private static final int EPERM = 1;
    private static final int EINVAL = 22;
    private static final int EIO = 5;

    @TempDir
    Path folder;

    private static MemoryDevice striped() {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        for (int at = 0; at < SIZE; at += 1024) {
            device.write(at, new byte[512]);
        }
        return device;
    }

    @Test
    void whatWouldChangeTheDeviceIsNotPermitted() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            for (NbdClient client : List.of(structured, simple)) {
                assertEquals(EPERM, client.call(0, NbdClient.TRIM, 0, 512).errorCode);
                assertEquals(EPERM, client.call(0, NbdClient.WRITE_ZEROES, 0, 512).errorCode);
                long write = client.send(0, NbdClient.WRITE, 0, 300_000);
                client.wire.send(ByteBuffer.allocate(300_000));
                NbdClient.Completed refused = client.receive();
                assertEquals(write, refused.cookie());
                assertEquals(EPERM, refused.answer().errorCode);
                assertEquals(0, client.call(0, NbdClient.FLUSH, 0, 0).errorCode);
            }
        }
    }

    @Test
    void unknownCommandsAndFlagsAreInvalid() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(EINVAL, client.call(0, 8, 0, 512).errorCode);
            assertEquals(EINVAL, client.call(0, 0xffff, 0, 512).errorCode);
            assertEquals(EINVAL, client.call(1, NbdClient.READ, 0, 512).errorCode);
            assertEquals(EINVAL, client.call(NbdClient.DF, NbdClient.FLUSH, 0, 0).errorCode);
            assertEquals(512, client.read(0, 512).length);
        }
    }

    @Test
    void blockStatusEndsEarlyRatherThanLong() throws IOException {
        try (Served server = Served.unix(folder, striped());
                NbdClient client = NbdClient.structured(server.address)) {
            List<long[]> extents = client.call(0, NbdClient.BLOCK_STATUS, 256, SIZE - 256).extents;
            assertEquals(1024, extents.size());
            assertArrayEquals(new long[] {256, 0}, extents.get(0));
            assertArrayEquals(new long[] {512, 3}, extents.get(1));
            List<long[]> one = client.call(NbdClient.REQ_ONE, NbdClient.BLOCK_STATUS, 100, 200).extents;
            assertEquals(1, one.size());
            assertArrayEquals(new long[] {200, 0}, one.get(0));
        }
    }

    @Test
    void blockStatusOfFourGibibytesIsOneExtentIfItIsOne() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(1L << 40));
                NbdClient client = NbdClient.structured(server.address)) {
            List<long[]> extents = client.call(0, NbdClient.BLOCK_STATUS, 512, 0xffff_ffffL).extents;
            assertEquals(1, extents.size());
            assertArrayEquals(new long[] {0xffff_ffffL, 3}, extents.get(0));
        }
    }

    @Test
    void blockStatusNeedsTheContextARangeAndALength() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            assertEquals(EINVAL, simple.call(0, NbdClient.BLOCK_STATUS, 0, 512).errorCode);
            assertEquals(EINVAL, structured.call(0, NbdClient.BLOCK_STATUS, 0, 0).errorCode);
            assertEquals(EINVAL, structured.call(0, NbdClient.BLOCK_STATUS, SIZE, 1).errorCode);
        }
    }

    @Test
    void cacheReadsTheDataOfTheRangeOnce() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(1 << 20, new byte[1 << 20]);
        HookedDevice counted = new HookedDevice(device, (offset, length) -> {});
        try (Served server = Served.unix(folder, counted);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(0, client.call(0, NbdClient.CACHE, 0, SIZE).errorCode);
            assertEquals(4, counted.reads.get());
            assertEquals(0, client.call(0, NbdClient.CACHE, 5, 0).errorCode);
            assertEquals(EINVAL, client.call(0, NbdClient.CACHE, 5, SIZE).errorCode);
        }
    }

    @Test
    void cacheThatCannotReadSaysSo() throws IOException {
        BlockDevice faulty = new HookedDevice(striped(), (offset, length) -> {
            throw new IOException("bad");
        });
        try (Served server = Served.unix(folder, faulty);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(EIO, client.call(0, NbdClient.CACHE, 0, 4096).errorCode);
        }
    }

    @Test
    void disconnectAnswersWhatIsOpenThenCloses() throws IOException {
        HookedDevice slow = new HookedDevice(striped(), (offset, length) -> {});
        try (Served server = Served.unix(folder, slow);
                NbdClient client = NbdClient.structured(server.address)) {
            for (int i = 0; i < 50; i++) {
                client.send(0, NbdClient.READ, 0, 100_000);
            }
            client.send(0, NbdClient.DISC, 0, 0);
            for (int i = 0; i < 50; i++) {
                assertEquals(100_000, client.receive().answer().coveredBytes);
            }
            assertThrows(EOFException.class, () -> client.wire.receive(1));
        }
    }

    @Test
    void outOfMemoryIsAnErrorOfTheRequest() throws IOException {
        BlockDevice faulty = new HookedDevice(striped(), (offset, length) -> {
            throw new OutOfMemoryError("of the test");
        });
        try (Served server = Served.unix(folder, faulty);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(12, client.call(0, NbdClient.READ, 0, 512).errorCode);
            assertTrue(client.call(0, NbdClient.FLUSH, 0, 0).errorCode == 0);
        }
    }
}
