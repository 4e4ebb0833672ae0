package io.overlaybd.tools.inspect;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.io.BlockDevice;
import java.util.List;

/** Adds up the segments of a layer, and says what is odd about them. Thread-confined. */
final class SegmentCount {

    private final LayerIndex index;
    private final long virtualSizeBytes;
    private final List<String> notes;
    private long dataSectors;
    private long zeroedSectors;
    private int beyondEnd;

    /** {@code notes} gets what is odd. */
    SegmentCount(LayerIndex index, long virtualSizeBytes, List<String> notes) {
        this.index = index;
        this.virtualSizeBytes = virtualSizeBytes;
        this.notes = notes;
    }

    /** {@code dataEndBytes}: where the data of the file ends. */
    Inspection.Segments count(long entries, long dataEndBytes) {
        for (int i = 0; i < index.size(); i++) {
            add(index.get(i));
        }
        if (beyondEnd > 0) {
            notes.add(beyondEnd + " segments end beyond the disk, and are never seen there");
        }
        long dataBytes = dataSectors * BlockDevice.SECTOR_BYTES;
        long stored = dataEndBytes - LayerHeader.BYTES;
        return new Inspection.Segments(
                entries,
                index.size(),
                dataBytes,
                zeroedSectors * BlockDevice.SECTOR_BYTES,
                Math.max(0, stored - dataBytes));
    }

    private void add(SegmentMapping segment) {
        if (segment.zeroed()) {
            zeroedSectors += segment.lengthSectors();
        } else {
            dataSectors += segment.lengthSectors();
        }
        long end = segment.offsetSectors() + segment.lengthSectors();
        beyondEnd += virtualSizeBytes > 0 && end > virtualSizeBytes / BlockDevice.SECTOR_BYTES ? 1 : 0;
    }
}
