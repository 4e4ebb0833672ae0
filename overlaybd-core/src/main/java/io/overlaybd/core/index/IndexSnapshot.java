package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;

/** What a {@link WritableIndex} held at one moment. Immutable; taking one costs nothing. */
public final class IndexSnapshot {

    static final IndexSnapshot EMPTY = new IndexSnapshot(SegmentLeaf.EMPTY);

    private final SegmentNode root;

    IndexSnapshot(SegmentNode root) {
        this.root = root;
    }

    SegmentNode root() {
        return root;
    }

    /** How many segments there are. */
    public int size() {
        return root.segments();
    }

    /** A walk upwards, which begins at the first segment that ends after the sector. */
    public Cursor endingAfter(long sector) {
        return new Cursor(sector);
    }

    /** Whether something is stored for any of the sectors from one up to another. */
    public boolean hasData(long fromSector, long toSector) {
        Cursor at = endingAfter(fromSector);
        while (!at.isEnd() && at.offsetSectors() < toSector && at.isZeroed()) {
            at.advance();
        }
        return !at.isEnd() && at.offsetSectors() < toSector;
    }

    /** The same segments, in the form that a finished layer has. */
    public LayerIndex toLayerIndex() {
        LayerIndex.Builder builder = LayerIndex.Builder.ofExactly(size());
        for (Cursor at = endingAfter(0); !at.isEnd(); at.advance()) {
            builder.add(at.low(), at.high());
        }
        return builder.build();
    }

    /** A place in the snapshot. Thread-confined. */
    public final class Cursor {

        private SegmentLeaf leaf;
        private int position;

        private Cursor(long sector) {
            seek(sector);
        }

        private void seek(long sector) {
            boolean found = root.slots() > 0 && root.endSector() > sector;
            leaf = found ? root.leafEndingAfter(sector) : null;
            position = found ? leaf.firstEndingAfter(sector) : 0;
        }

        /** Whether there are no more segments; only {@link #advance} may be called then, which changes nothing. */
        public boolean isEnd() {
            return leaf == null;
        }

        /** Goes to the next segment. */
        public void advance() {
            if (leaf != null && ++position == leaf.slots()) {
                seek(leaf.endSector());
            }
        }

        /** The segment's low word, see {@link SegmentMapping}. */
        public long low() {
            return leaf.low(position);
        }

        /** The segment's high word. */
        public long high() {
            return leaf.high(position);
        }

        /** First sector of the segment. */
        public long offsetSectors() {
            return SegmentMapping.offsetSectors(low());
        }

        /** The sector after the segment. */
        public long endSectors() {
            return SegmentMapping.endSectors(low());
        }

        /** Whether the segment reads as zeros, with nothing stored. */
        public boolean isZeroed() {
            return SegmentMapping.isZeroed(high());
        }

        /** Where the segment's bytes begin, in sectors of the file. */
        public long mappedSector() {
            return SegmentMapping.mappedSector(high());
        }
    }
}
