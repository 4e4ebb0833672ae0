package io.overlaybd.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.testing.Seeded;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Seeded.class)
class SegmentMappingTest {

    @ParameterizedTest
    @CsvSource({
        "1125899906842623, 0, 0, false, 0, ffffffffffff03000000000000000000",
        "0, 16383, 0, false, 0, 000000000000fcff0000000000000000",
        "0, 0, 36028797018963967, false, 0, 0000000000000000ffffffffffff7f00",
        "0, 0, 0, true, 0, 00000000000000000000000000008000",
        "0, 0, 0, false, 255, 000000000000000000000000000000ff",
        "8272, 120, 8280, true, 0, 502000000000e0015820000000008000"
    })
    void bytesAreThoseOfTheOriginal(long offset, int length, long mapped, boolean zeroed, int tag, String hex) {
        SegmentMapping mapping = new SegmentMapping(offset, length, mapped, zeroed, tag);
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(mapping.low()).putLong(mapping.high());
        assertEquals(hex, HexFormat.of().formatHex(bytes.array()));
        assertEquals(mapping, SegmentMapping.of(mapping.low(), mapping.high()));
    }

    @Test
    void anyTwoWordsDecodeAndEncodeToThemselves(Random random) {
        for (int i = 0; i < 10_000; i++) {
            long low = random.nextLong();
            long high = random.nextLong();
            SegmentMapping mapping = SegmentMapping.of(low, high);
            assertEquals(low, mapping.low());
            assertEquals(high, mapping.high());
            assertEquals(mapping.offsetSectors() + mapping.lengthSectors(), SegmentMapping.endSectors(low));
        }
    }

    @Test
    void cuttingTheFrontMovesThePlaceOfDataButNotOfZeros() {
        assertEquals(SegmentMapping.high(17, false, 3), SegmentMapping.advance(SegmentMapping.high(10, false, 3), 7));
        assertEquals(SegmentMapping.high(10, true, 3), SegmentMapping.advance(SegmentMapping.high(10, true, 3), 7));
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SegmentMapping(1L << 50, 1, 8, false, 0));
        assertThrows(IllegalArgumentException.class, () -> new SegmentMapping(-1, 1, 8, false, 0));
        assertThrows(IllegalArgumentException.class, () -> new SegmentMapping(0, 16384, 8, false, 0));
        assertThrows(IllegalArgumentException.class, () -> new SegmentMapping(0, 1, 1L << 55, false, 0));
        assertThrows(IllegalArgumentException.class, () -> new SegmentMapping(0, 1, 8, false, 256));
    }
}
