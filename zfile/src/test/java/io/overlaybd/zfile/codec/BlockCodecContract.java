package io.overlaybd.zfile.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every codec promises, above all about payloads that somebody made up. */
@ExtendWith(Seeded.class)
abstract class BlockCodecContract {

    private static final int MARGIN = 64;
    private static final byte GUARD = 0x5A;

    private final CodecId id;
    private BlockCodec codec;

    BlockCodecContract(CodecId id) {
        this.id = id;
    }

    @BeforeEach
    void open() {
        codec = id.newCodec();
    }

    @AfterEach
    void close() {
        codec.close();
        codec.close();
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static ByteBuffer guarded(int bytes) {
        byte[] all = new byte[MARGIN + bytes + MARGIN];
        Arrays.fill(all, GUARD);
        return direct(all);
    }

    private static void assertGuardsHold(ByteBuffer guarded) {
        for (int i = 0; i < MARGIN; i++) {
            assertEquals(GUARD, guarded.get(i));
            assertEquals(GUARD, guarded.get(guarded.limit() - 1 - i));
        }
    }

    private static byte[] block(Random random, int bytes) {
        byte[] block = new byte[bytes];
        random.nextBytes(block);
        for (int i = 0; i < bytes && random.nextInt(8) > 0; ) {
            int end = Math.min(bytes, i + random.nextInt(900));
            Arrays.fill(block, i, end, (byte) random.nextInt());
            i = end + random.nextInt(200);
        }
        return block;
    }

    private ByteBuffer compress(byte[] plain) throws IOException {
        ByteBuffer payload = guarded(codec.maxCompressedBytes(plain.length));
        int bytes = codec.compress(direct(plain), 0, plain.length, payload.limit(payload.limit() - MARGIN), MARGIN);
        assertGuardsHold(payload.clear());
        return direct(copy(payload, MARGIN, bytes));
    }

    private static byte[] copy(ByteBuffer from, int index, int bytes) {
        byte[] copy = new byte[bytes];
        from.get(index, copy);
        return copy;
    }

    @Test
    void anyBlockComesBackAndNothingBesideItIsTouched(Random random) throws IOException {
        for (int i = 0; i < 200; i++) {
            byte[] plain = block(random, 1 + random.nextInt(1 << 1 + random.nextInt(16)));
            ByteBuffer payload = compress(plain);
            ByteBuffer dst = guarded(plain.length);
            assertEquals(plain.length, codec.decompress(payload, 0, payload.capacity(), dst, MARGIN, plain.length));
            assertEquals(ByteBuffer.wrap(plain), dst.slice(MARGIN, plain.length));
            assertGuardsHold(dst);
            assertEquals(0, payload.position());
            assertEquals(0, dst.position());
        }
    }

    @Test
    void oneBlockGivesOnePayload(Random random) throws IOException {
        byte[] plain = block(random, 4096);
        ByteBuffer first = compress(plain);
        compress(block(random, 3000));
        assertEquals(first, compress(plain));
        try (BlockCodec other = id.newCodec()) {
            ByteBuffer payload = ByteBuffer.allocateDirect(other.maxCompressedBytes(4096));
            int bytes = other.compress(direct(plain), 0, 4096, payload, 0);
            assertEquals(first, payload.limit(bytes));
        }
    }

    @Test
    void payloadOfMoreThanThereIsRoomForIsRefused(Random random) throws IOException {
        ByteBuffer payload = compress(block(random, 4096));
        for (int room : new int[] {0, 1, 100, 4095}) {
            ByteBuffer dst = guarded(room);
            assertThrows(IOException.class, () -> codec.decompress(payload, 0, payload.capacity(), dst, MARGIN, room));
            assertGuardsHold(dst);
        }
    }

    @Test
    void cutPayloadNeverGivesTheWholeBlock(Random random) throws IOException {
        ByteBuffer payload = compress(block(random, 4096));
        for (int bytes = 0; bytes < payload.capacity(); bytes++) {
            assertTrue(decompressHostile(payload, bytes) < 4096);
        }
    }

    @Test
    void malformedPayloadIsRefusedOrDecodesWithinItsRoom(Random random) throws IOException {
        for (int i = 0; i < 2000; i++) {
            ByteBuffer payload = random.nextInt(4) == 0
                    ? direct(block(random, 1 + random.nextInt(300)))
                    : compress(block(random, 1 + random.nextInt(4096)));
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                payload.put(random.nextInt(payload.capacity()), (byte) random.nextInt());
            }
            assertTrue(decompressHostile(payload, payload.capacity()) <= 4096);
        }
    }

    private int decompressHostile(ByteBuffer payload, int payloadBytes) {
        ByteBuffer dst = guarded(4096);
        try {
            return codec.decompress(payload, 0, payloadBytes, dst, MARGIN, 4096);
        } catch (IOException refused) {
            return -1;
        } finally {
            assertGuardsHold(dst);
        }
    }
}
