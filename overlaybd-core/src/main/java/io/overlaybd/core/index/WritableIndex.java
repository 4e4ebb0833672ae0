package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.ArrayList;
import java.util.List;

/**
 * Which bytes are where in a layer that is being written: a tree of immutable nodes. An insertion makes new nodes along one
 * path (two where it covers much), then publishes the new root by one volatile write. So a reader holds what it began with,
 * whatever is inserted meanwhile: it sees an insertion whole or not at all, and takes no lock. Why, and what it costs:
 * {@code docs/adr/0005-writable-index.md}.
 *
 * <p>Thread-safety: any thread may take a {@link #snapshot}; insertions must not overlap in time, which is for the caller to
 * see to.
 */
public final class WritableIndex {

    private volatile IndexSnapshot current = IndexSnapshot.EMPTY;

    /** What is in the index now. */
    public IndexSnapshot snapshot() {
        return current;
    }

    /**
     * Inserts one segment, given as its two words, and removes, trims or splits what it overlaps. Nothing is joined. Padding
     * and empty segments are left out.
     */
    public void insert(long low, long high) {
        if (SegmentMapping.lengthSectors(low) == 0
                || SegmentMapping.offsetSectors(low) == SegmentMapping.INVALID_OFFSET_SECTORS) {
            return;
        }
        List<SegmentNode> nodes = new ArrayList<>(2);
        current.root().replace(SegmentMapping.offsetSectors(low), SegmentMapping.endSectors(low), low, high, nodes);
        SegmentNode root = nodes.size() == 1 ? nodes.get(0) : new SegmentBranch(nodes);
        while (root instanceof SegmentBranch branch && branch.slots() == 1) {
            root = branch.child(0);
        }
        current = new IndexSnapshot(root);
    }
}
