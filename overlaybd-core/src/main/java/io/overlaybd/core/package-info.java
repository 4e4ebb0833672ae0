/**
 * The layered block device: sealed layers, their stack, the device over it, and the writing of layers.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.core.SealedLayer} (opens and checks one file), {@link
 * io.overlaybd.core.LayerStack} (several, merged), {@link io.overlaybd.core.OverlayDevice} (the stack as a disk); {@link
 * io.overlaybd.core.LayerWriter} (streams a layer out) and {@link io.overlaybd.core.Committer} (a stack into one layer).
 * Sources are plain here: tar and compression have been taken off by whoever opened them.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.io}, its own {@code format} and {@code index}.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.core.OverlayDevice}, which every read goes through.
 */
package io.overlaybd.core;
