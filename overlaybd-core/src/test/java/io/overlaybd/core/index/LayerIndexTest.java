package io.overlaybd.core.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.core.format.SegmentMapping;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerIndexTest {

    @Test
    void paddingAndEmptySegmentsAreLeftOutAndTagsDropped() {
        LayerIndex index = LayerIndex.of(List.of(
                new SegmentMapping(5, 5, 8, false, 7),
                new SegmentMapping(SegmentMapping.INVALID_OFFSET_SECTORS, 0, 0, false, 0),
                new SegmentMapping(12, 0, 9, false, 0),
                new SegmentMapping(13, 1, 13, true, 3)));
        assertEquals(
                List.of(new SegmentMapping(5, 5, 8, false, 0), new SegmentMapping(13, 1, 13, true, 0)),
                Segments.all(index));
    }

    @Test
    void segmentsOutOfOrderAreABug() {
        LayerIndex.Builder builder = new LayerIndex.Builder(2).add(SegmentMapping.low(5, 5), 8);
        assertThrows(IllegalArgumentException.class, () -> builder.add(SegmentMapping.low(9, 1), 8));
    }
}
