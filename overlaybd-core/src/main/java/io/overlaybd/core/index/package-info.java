/**
 * Which bytes are where: the ordered, disjoint segments of one layer and of a stack of layers.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.core.index.LayerIndex} (as one file says), {@link
 * io.overlaybd.core.index.MergedIndex} (as the stack reads; the structure that every read goes through), {@link
 * io.overlaybd.core.index.WritableIndex} (of a layer that is being written), {@link
 * io.overlaybd.core.index.SegmentCoalescer} (what a writer makes of it). Arrays of words only, no I/O.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.core.format}. <b>Where to start.</b> {@link
 * io.overlaybd.core.index.MergedIndex}.
 */
package io.overlaybd.core.index;
