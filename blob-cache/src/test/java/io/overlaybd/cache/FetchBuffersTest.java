package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FetchBuffersTest {

    private static final int PIECE = 256 << 10;

    @Test
    void leaseIsAsLongAsWantedUpToOneRequest() {
        FetchBuffers buffers = new FetchBuffers(PIECE, 1, 9 << 20);
        try (FetchBuffers.Lease one = buffers.lease(1);
                FetchBuffers.Lease many = buffers.lease(1000)) {
            assertEquals(1, one.pieces());
            assertEquals(18, many.pieces());
            assertEquals(18 * PIECE, many.slice(0, 18 * PIECE).remaining());
        }
    }

    @Test
    void shortOfMemoryALeaseTakesWhatIsThere() {
        FetchBuffers buffers = new FetchBuffers(PIECE, 1, 0);
        try (FetchBuffers.Lease first = buffers.lease(10);
                FetchBuffers.Lease rest = buffers.lease(10)) {
            assertEquals(10, first.pieces());
            assertEquals(8, rest.pieces());
        }
    }

    @Test
    void unitsLongerThanARequestStillFit() {
        FetchBuffers buffers = new FetchBuffers(16 << 20, 1, 0);
        try (FetchBuffers.Lease lease = buffers.lease(2)) {
            assertEquals(1, lease.pieces());
        }
    }

    @Test
    void whatIsLetGoIsWhatNobodyHas() {
        FetchBuffers buffers = new FetchBuffers(PIECE, 1, 0);
        try (FetchBuffers.Lease held = buffers.lease(10)) {
            held.slice(0, 1).put((byte) 1);
            buffers.letGo();
            try (FetchBuffers.Lease rest = buffers.lease(10)) {
                assertEquals(8, rest.pieces());
            }
        }
        buffers.letGo();
        try (FetchBuffers.Lease fresh = buffers.lease(10)) {
            assertEquals(0, fresh.slice(0, 1).get(), "memory that was used before");
        }
    }

    @Test
    void leasesNeverOverlapAndEveryoneGetsOne() throws Exception {
        FetchBuffers buffers = new FetchBuffers(4096, 1, 0);
        AtomicInteger leases = new AtomicInteger();
        CacheTest.together(Collections.nCopies(6, () -> {
            for (int i = 0; i < 300; i++) {
                int mark = leases.incrementAndGet();
                try (FetchBuffers.Lease lease =
                        buffers.lease(1 + ThreadLocalRandom.current().nextInt(1024))) {
                    ByteBuffer bytes = lease.slice(0, lease.pieces() * 4096);
                    for (int at = 0; at < bytes.limit(); at += 4096) {
                        bytes.putInt(at, mark);
                    }
                    Thread.yield();
                    for (int at = 0; at < bytes.limit(); at += 4096) {
                        assertEquals(mark, bytes.getInt(at));
                    }
                }
            }
            return null;
        }));
        assertTrue(leases.get() >= 1800);
    }
}
