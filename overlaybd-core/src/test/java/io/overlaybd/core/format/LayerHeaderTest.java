package io.overlaybd.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class LayerHeaderTest {

    private static byte[] vector() throws IOException {
        try (var in = LayerHeaderTest.class.getResourceAsStream("/lsmt/empty.lsmt")) {
            return in.readAllBytes();
        }
    }

    @Test
    void headerOfTheOriginalDecodesAndEncodesToTheSameBytes() throws IOException {
        byte[] file = vector();
        for (int at : new int[] {0, 4096}) {
            LayerHeader header = LayerHeader.decode(ByteBuffer.wrap(file, at, 4096), "vector", at);
            assertEquals(67108864, header.virtualSizeBytes());
            assertEquals("00000000-0000-4000-8000-000000000026", header.uuid().toString());
            assertTrue(header.parentUuid().isNull());
            assertEquals(at == 0 ? 7 : 6, header.flags());
            assertEquals(at == 0 ? 0 : 4096, header.indexOffsetBytes());
            assertArrayEquals(
                    Arrays.copyOfRange(file, at, at + 4096), header.encode().array());
        }
    }

    @Test
    void everyFieldSurvives(Random random) throws IOException {
        byte[] tag = new byte[256];
        random.nextBytes(tag);
        tag[255] = 1;
        LayerHeader header = new LayerHeader(
                random.nextInt(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                LayerUuid.random(),
                LayerUuid.random(),
                UserTag.of(tag));
        assertEquals(header, LayerHeader.decode(header.encode(), "memory", 0));
    }

    @Test
    void everyBitOfTheMagicsIsChecked() throws IOException {
        byte[] file = vector();
        for (int bit = 0; bit < 24 * 8; bit++) {
            byte[] damaged = file.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            CorruptFormatException e = assertThrows(
                    CorruptFormatException.class, () -> LayerHeader.decode(ByteBuffer.wrap(damaged), "some.lsmt", 77));
            assertTrue(e.getMessage().startsWith("some.lsmt: at byte 77: magic of a layer: expected "), e.getMessage());
        }
    }

    @Test
    void garbageInTheUuidFieldsReadsAsNull() throws IOException {
        byte[] file = vector();
        Arrays.fill(file, 56, 130, (byte) 0xFF);
        LayerHeader header = LayerHeader.decode(ByteBuffer.wrap(file), "memory", 0);
        assertTrue(header.uuid().isNull());
        assertTrue(header.parentUuid().isNull());
    }
}
