/**
 * The layered block device: layers, finished or being written, their stack, and the device over it.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.core.SealedLayer} (opens and checks one file), {@link
 * io.overlaybd.core.LayerStack} (several, merged), {@link io.overlaybd.core.OverlayDevice} (the stack as a disk); {@link
 * io.overlaybd.core.LayerWriter} (streams a layer out) and {@link io.overlaybd.core.Committer} (a stack into one layer); {@link
 * io.overlaybd.core.WritableLayer} (creates, opens, seals a layer of two files) and {@link
 * io.overlaybd.core.WritableOverlayDevice} (such a layer over a stack, and live snapshots). Sources are plain here: tar and
 * compression have been taken off by whoever opened them.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.io}, its own {@code format} and {@code index}.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.core.OverlayDevice} for reads, {@link
 * io.overlaybd.core.WritableOverlayDevice} for writes.
 */
package io.overlaybd.core;
