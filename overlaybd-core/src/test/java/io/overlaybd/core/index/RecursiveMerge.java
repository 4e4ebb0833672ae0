package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.ArrayList;
import java.util.List;

/** The original's merge, as it is told: top first, each gap of a layer filled by a recursion into those below. */
final class RecursiveMerge {

    private final List<LayerIndex> topFirst;
    private final List<SegmentMapping> out = new ArrayList<>();

    RecursiveMerge(List<LayerIndex> topFirst) {
        this.topFirst = topFirst;
    }

    List<SegmentMapping> merge() {
        merge(0, 0, Long.MAX_VALUE);
        return out;
    }

    private void merge(int level, long begin, long end) {
        if (level == topFirst.size() || begin >= end) {
            return;
        }
        int first = out.size();
        long at = begin;
        for (SegmentMapping it : Segments.all(topFirst.get(level))) {
            long itEnd = it.offsetSectors() + it.lengthSectors();
            if (itEnd > begin && it.offsetSectors() < end) {
                merge(level + 1, at, it.offsetSectors());
                out.add(new SegmentMapping(
                        it.offsetSectors(), it.lengthSectors(), it.mappedSector(), it.zeroed(), level));
                at = itEnd;
            }
        }
        merge(level + 1, at, end);
        if (out.size() > first) {
            out.set(first, trim(out.get(first), begin, end));
            out.set(out.size() - 1, trim(out.get(out.size() - 1), begin, end));
        }
    }

    private static SegmentMapping trim(SegmentMapping it, long begin, long end) {
        long offset = Math.max(begin, it.offsetSectors());
        long cutOff = offset - it.offsetSectors();
        return new SegmentMapping(
                offset,
                (int) (Math.min(end, it.offsetSectors() + it.lengthSectors()) - offset),
                it.zeroed() ? it.mappedSector() : it.mappedSector() + cutOff,
                it.zeroed(),
                it.tag());
    }
}
