package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRangeTest {

    @Test
    void everyFormIsRead() throws FailedAttempt {
        assertEquals(new ContentRange(0, 99, 100), ContentRange.parse("bytes 0-99/100"));
        assertEquals(new ContentRange(5, 99, 1L << 50), ContentRange.parse(" Bytes  5-99/1125899906842624 "));
        assertEquals(new ContentRange(5, 9, ContentRange.UNKNOWN), ContentRange.parse("bytes 5-9/*"));
        assertEquals(new ContentRange(-1, -1, 7), ContentRange.parse("bytes */7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 0-99",
                "bytes 9-5/10",
                "bytes 0-10/10",
                "bytes */*",
                "bytes 0-/10",
                "items 0-1/2",
                "bytes 0-99999999999999999999/*",
                "bytes -1-5/10",
                "bytes 0-1/2, 3-4/5"
            })
    void nonsenseIsRefused(String header) {
        assertThrows(FailedAttempt.class, () -> ContentRange.parse(header));
    }

    @Test
    void absenceIsRefused() {
        assertThrows(FailedAttempt.class, () -> ContentRange.parse(null));
    }
}
