package io.overlaybd.core.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.core.format.SegmentMapping;
import java.util.Arrays;

/** The model of a merge: every sector remembers who painted it last. */
final class SectorPainting {

    private static final long HOLE = -1;
    private static final int TAG_SHIFT = 40;
    private static final long ZEROS = 1L << 39;

    private final long[] sectors;

    SectorPainting(int sectors) {
        this.sectors = new long[sectors];
        Arrays.fill(this.sectors, HOLE);
    }

    /** Paints a layer over what is there. */
    void paint(LayerIndex layer, int tag) {
        for (SegmentMapping segment : Segments.all(layer)) {
            for (int i = 0; i < segment.lengthSectors(); i++) {
                long colour = segment.zeroed() ? ZEROS : segment.mappedSector() + i;
                sectors[(int) segment.offsetSectors() + i] = (long) tag << TAG_SHIFT | colour;
            }
        }
    }

    /** The index says of every sector what the painting shows, and its segments are in order. */
    void assertShows(MergedIndex index) {
        long before = 0;
        for (int i = 0; i < index.size(); i++) {
            assertEquals(Math.max(before, index.offsetSectors(i)), index.offsetSectors(i), "order");
            before = index.endSectors(i);
        }
        for (int sector = 0; sector < sectors.length; sector++) {
            int at = sector;
            assertEquals(sectors[sector], colour(index, sector), () -> "sector " + at);
        }
    }

    private static long colour(MergedIndex index, long sector) {
        int i = index.firstEndingAfter(sector);
        if (i == index.size() || index.offsetSectors(i) > sector) {
            return HOLE;
        }
        long colour = index.isZeroed(i) ? ZEROS : index.mappedSector(i) + sector - index.offsetSectors(i);
        return (long) index.tag(i) << TAG_SHIFT | colour;
    }
}
