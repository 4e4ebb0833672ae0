package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;

/**
 * Ordered, disjoint segments on their way into a merged index: those of one layer, which all have {@code tag}, or the
 * outcome of a merge, which carries the tags. Up to {@value #NARROW_LAYERS} layers the tags stand in the high words, as
 * on disk; in larger stacks in {@code wideTags}. Nobody changes the arrays.
 *
 * @param wideTags null where the tags are in the high words, or all {@code tag}
 * @param tag of every segment of a single layer; 0 once the tags are carried
 */
record Run(long[] low, long[] high, char[] wideTags, int size, int tag) {

    /** As many layers as an 8-bit tag can tell apart. */
    static final int NARROW_LAYERS = SegmentMapping.MAX_TAG + 1;

    static Run ofLayer(LayerIndex layer, int tag) {
        return new Run(layer.low(), layer.high(), null, layer.size(), tag);
    }

    int wideTag(int i) {
        return wideTags == null ? tag : wideTags[i];
    }
}
