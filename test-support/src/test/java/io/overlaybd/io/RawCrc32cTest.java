package io.overlaybd.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.testing.Seeded;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class RawCrc32cTest {

    private static final ByteBuffer CHECK = ByteBuffer.wrap("123456789".getBytes(US_ASCII));

    @Test
    void checkValues() {
        assertEquals(0x58E3FA20, new RawCrc32c(0).of(CHECK, 0, 9));
        assertEquals(0x3C9BD4E0, new RawCrc32c(100007).of(CHECK, 0, 9));
        assertEquals(~0xE3069283, new RawCrc32c(-1).of(CHECK, 0, 9));
        assertEquals(0, new RawCrc32c(0).of(CHECK, 0, 0));
    }

    @Test
    void equalsTheBitwiseDefinitionForAnySeedAndChains(Random random) {
        byte[] data = new byte[1000];
        random.nextBytes(data);
        ByteBuffer direct = ByteBuffer.allocateDirect(1000).put(data);
        for (int i = 0; i < 100; i++) {
            int seed = random.nextInt();
            int start = random.nextInt(500);
            int length = random.nextInt(500);
            int expected = bitwise(seed, data, start, length);
            assertEquals(expected, new RawCrc32c(seed).of(direct, start, length));
            ByteBuffer view = direct.duplicate().limit(start + length).position(start);
            assertEquals(expected, new RawCrc32c(seed).ofRemaining(view));
            assertEquals(start + length, view.position());
            int half = new RawCrc32c(seed).of(direct, start, length / 2);
            assertEquals(expected, new RawCrc32c(half).of(direct, start + length / 2, length - length / 2));
        }
    }

    private static int bitwise(int seed, byte[] data, int start, int length) {
        int crc = seed;
        for (int i = start; i < start + length; i++) {
            crc ^= data[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
            }
        }
        return crc;
    }
}
