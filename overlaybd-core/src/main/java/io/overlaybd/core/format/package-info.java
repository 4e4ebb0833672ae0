/**
 * The bytes of a layer: what stands where in a header and in an index entry.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.core.format.LayerHeader} (first and last 4096 bytes), {@link
 * io.overlaybd.core.format.SegmentMapping} (16 bytes of index), and the values in them. No I/O.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.io} for its exception. <b>Where to start.</b> {@link
 * io.overlaybd.core.format.LayerHeader}.
 */
package io.overlaybd.core.format;
