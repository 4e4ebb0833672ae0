package io.overlaybd.core.index;

import java.util.List;

/**
 * A node of the tree in {@link WritableIndex}: a leaf of segments, or a branch of nodes, all of one height. Nodes are never
 * empty, but for the one leaf of an empty tree, and never changed: a change makes new ones from the root down to where it
 * happens.
 */
abstract sealed class SegmentNode permits SegmentLeaf, SegmentBranch {

    /** The most segments of a leaf, and children of a branch. */
    static final int MAX_SLOTS = 32;

    /** How many segments or children there are. */
    abstract int slots();

    /** How many segments there are below. */
    abstract int segments();

    /** First sector of the first segment. */
    abstract long startSector();

    /** The sector after the last segment. */
    abstract long endSector();

    /** The leaf with the first segment that ends after the sector; there must be one. */
    abstract SegmentLeaf leafEndingAfter(long sector);

    /**
     * Appends to {@code out} what becomes of this node, none to two nodes of the same height, when everything between the
     * two sectors is cut out and the given segment takes its place; there is none if its length is 0.
     */
    abstract void replace(long fromSector, long toSector, long low, long high, List<SegmentNode> out);

    /**
     * Where to split too many slots: in the middle, but where they grow at the end only, as ascending writes make them, so that
     * the first part is full and stays so.
     */
    static int splitAt(int slots, int changed) {
        return changed >= slots - 1 ? MAX_SLOTS : slots / 2;
    }

    /** This node and the next one of the same height in one. */
    abstract SegmentNode join(SegmentNode next);
}
