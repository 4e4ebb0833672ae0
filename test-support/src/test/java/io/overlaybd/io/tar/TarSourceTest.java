package io.overlaybd.io.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.BlobSourceContract;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class TarSourceTest extends BlobSourceContract {

    @Override
    protected BlobSource open(byte[] content) throws IOException {
        return TarWrapper.unwrap(new TarSource(new MemorySource("layer", content)));
    }

    @Test
    void bytesAreThoseOfTheSink(Random random) throws IOException {
        for (int length : new int[] {0, 1, 511, 512, 513, 99_999, random.nextInt(1 << 16)}) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            BlobSource source = new TarSource(new MemorySource("layer", payload));
            ByteBuffer found = ByteBuffer.allocate((int) source.sizeBytes());
            while (found.position() < found.capacity()) {
                int piece = 1 + random.nextInt(Math.min(3000, found.capacity() - found.position()));
                source.readFully(found.position(), found.limit(found.position() + piece));
            }
            assertArrayEquals(written(payload), found.array());
        }
    }

    @Test
    void payloadThatWouldBlockLeavesTheBufferWhereItWas() throws IOException {
        BlobSource payload = new FaultySource(new MemorySource("layer", new byte[5000]), (offset, bytes) -> {});
        try (BlobSource source = new TarSource(payload)) {
            ByteBuffer dst = ByteBuffer.allocate(2000).position(5).limit(1990);
            assertFalse(source.tryReadFully(source.sizeBytes() - 6000, dst));
            assertEquals(5, dst.position());
            assertEquals(1990, dst.limit());
            assertTrue(source.tryReadFully(0, ByteBuffer.allocate(512)), "the header is in memory");
        }
    }

    @Test
    void readsWithoutWaitingWhatThePayloadDoes(Random random) throws IOException {
        byte[] payload = new byte[5000];
        random.nextBytes(payload);
        try (BlobSource source = new TarSource(new MemorySource("layer", payload))) {
            ByteBuffer found = ByteBuffer.allocate((int) source.sizeBytes());
            assertTrue(source.tryReadFully(0, found));
            assertArrayEquals(written(payload), found.array());
        }
    }

    private static byte[] written(byte[] payload) throws IOException {
        MemorySink file = new MemorySink();
        try (TarSink sink = new TarSink(file)) {
            sink.write(ByteBuffer.wrap(payload));
            sink.finish();
        }
        return file.bytes();
    }
}
