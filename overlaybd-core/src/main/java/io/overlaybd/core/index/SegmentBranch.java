package io.overlaybd.core.index;

import java.util.ArrayList;
import java.util.List;

/** Ordered nodes of one height, and where each ends. Immutable. */
final class SegmentBranch extends SegmentNode {

    /** Neighbours that together have no more slots than this are joined, which leaves them room to grow. */
    private static final int JOINED_SLOTS = MAX_SLOTS / 2;

    private final SegmentNode[] children;
    private final long[] endSectors;
    private final int segments;

    SegmentBranch(List<SegmentNode> nodes) {
        children = nodes.toArray(SegmentNode[]::new);
        endSectors = new long[children.length];
        int count = 0;
        for (int i = 0; i < children.length; i++) {
            endSectors[i] = children[i].endSector();
            count += children[i].segments();
        }
        segments = count;
    }

    @Override
    int slots() {
        return children.length;
    }

    @Override
    int segments() {
        return segments;
    }

    @Override
    long startSector() {
        return children[0].startSector();
    }

    @Override
    long endSector() {
        return endSectors[endSectors.length - 1];
    }

    SegmentNode child(int i) {
        return children[i];
    }

    @Override
    SegmentLeaf leafEndingAfter(long sector) {
        return children[childEndingAfter(sector)].leafEndingAfter(sector);
    }

    /** The first child that ends after the sector, or the last one. */
    private int childEndingAfter(long sector) {
        int first = 0;
        int last = children.length - 1;
        while (first < last) {
            int middle = (first + last) >>> 1;
            if (endSectors[middle] <= sector) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        return first;
    }

    /** The new segment goes where the cut begins; children wholly inside the cut go, the one where it ends is trimmed. */
    @Override
    void replace(long fromSector, long toSector, long low, long high, List<SegmentNode> out) {
        int first = childEndingAfter(fromSector);
        int last = Math.max(first, childEndingAfter(toSector));
        List<SegmentNode> nodes = new ArrayList<>(children.length + 2);
        for (int i = 0; i < first; i++) {
            nodes.add(children[i]);
        }
        children[first].replace(fromSector, toSector, low, high, nodes);
        if (last > first) {
            if (children[last].startSector() >= toSector) {
                nodes.add(children[last]);
            } else {
                children[last].replace(fromSector, toSector, 0, 0, nodes);
            }
        }
        for (int i = last + 1; i < children.length; i++) {
            nodes.add(children[i]);
        }
        joinSmall(nodes, first);
        emit(nodes, first + 1, out);
    }

    /** Only around the change: everywhere else no two neighbours are small enough. */
    private static void joinSmall(List<SegmentNode> nodes, int changed) {
        for (int i = Math.max(0, changed - 1); i <= changed + 1 && i + 1 < nodes.size(); ) {
            if (nodes.get(i).slots() + nodes.get(i + 1).slots() <= JOINED_SLOTS) {
                nodes.set(i, nodes.get(i).join(nodes.remove(i + 1)));
            } else {
                i++;
            }
        }
    }

    private static void emit(List<SegmentNode> nodes, int changed, List<SegmentNode> out) {
        if (nodes.size() <= MAX_SLOTS) {
            if (!nodes.isEmpty()) {
                out.add(new SegmentBranch(nodes));
            }
            return;
        }
        int half = splitAt(nodes.size(), changed);
        out.add(new SegmentBranch(nodes.subList(0, half)));
        out.add(new SegmentBranch(nodes.subList(half, nodes.size())));
    }

    @Override
    SegmentNode join(SegmentNode next) {
        List<SegmentNode> nodes = new ArrayList<>(List.of(children));
        nodes.addAll(List.of(((SegmentBranch) next).children));
        return new SegmentBranch(nodes);
    }
}
