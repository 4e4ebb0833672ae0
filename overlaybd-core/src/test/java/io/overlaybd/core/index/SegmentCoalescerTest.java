package io.overlaybd.core.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.SegmentMapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentCoalescerTest {

    private static List<SegmentMapping> coalesce(List<SegmentMapping> segments) throws IOException {
        SegmentCoalescer coalescer = new SegmentCoalescer("test", 1000);
        for (SegmentMapping segment : segments) {
            coalescer.add(segment.low(), segment.high());
        }
        int count = coalescer.finish();
        ByteBuffer entries = ByteBuffer.allocate((count + 2) * 16).order(ByteOrder.LITTLE_ENDIAN);
        coalescer.encode(0, entries);
        entries.flip();
        List<SegmentMapping> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(SegmentMapping.of(entries.getLong(), entries.getLong()));
        }
        for (int i = 0; i < 2; i++) {
            assertEquals(SegmentMapping.INVALID_OFFSET_SECTORS, entries.getLong());
            assertEquals(0, entries.getLong());
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "{5,5,0}{10,10,5}{100,10,20} > {5,15,0}{100,10,20}",
                "{5,5,0}{10,10,5}{20,10,15}{100,10,20} > {5,25,0}{100,10,20}",
                "{5,5,0}{10,10,5}{20,10,15,1}{100,10,20} > {5,15,0}{20,10,15,1}{100,10,20}",
                "{5,5,0}{10,10,5,3}{20,10,15,3}{30,10,20} > {5,5,0}{10,20,5,3}{30,10,20}",
                "{5,5,0,3} > {5,5,0,3}"
            })
    void rowsOfTheOriginal(String in, String out) throws IOException {
        assertEquals(Segments.rows(out), coalesce(Segments.rows(in)));
    }

    @Test
    void joinedLengthStaysBelowTheLongest() throws IOException {
        assertEquals(
                Segments.rows("{0,16382,8}{16382,1,16390}"),
                coalesce(Segments.rows("{0,16381,8}{16381,1,16389}{16382,1,16390}")));
        assertEquals(
                Segments.rows("{0,16320,8}{16320,63,16328}"),
                coalesce(Segments.rows("{0,16256,8}{16256,64,16264}{16320,63,16328}")));
    }

    @Test
    void zerosAreJoinedWhenNothingWasWrittenBetween() throws IOException {
        List<SegmentMapping> touching = List.of(
                new SegmentMapping(0, 10, 8, true, 0),
                new SegmentMapping(10, 10, 8, true, 0),
                new SegmentMapping(20, 10, 9, true, 0));
        assertEquals(
                List.of(new SegmentMapping(0, 20, 8, true, 0), new SegmentMapping(20, 10, 9, true, 0)),
                coalesce(touching));
    }

    @Test
    void moreThanTheLimitIsRefusedByName() throws IOException {
        SegmentCoalescer coalescer = new SegmentCoalescer("big.lsmt", 2);
        coalescer.add(SegmentMapping.low(0, 1), SegmentMapping.high(8, false, 0));
        coalescer.add(SegmentMapping.low(5, 1), SegmentMapping.high(9, false, 0));
        coalescer.add(SegmentMapping.low(9, 1), SegmentMapping.high(10, false, 0));
        TooManySegmentsException e = assertThrows(TooManySegmentsException.class, coalescer::finish);
        assertTrue(e.getMessage().startsWith("big.lsmt: segments: expected at most 2"), e.getMessage());
        assertEquals(2, e.limit());
    }
}
