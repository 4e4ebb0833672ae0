/**
 * The contracts that every room of the house shares, and the local bytes behind them.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.io.BlobSource} (immutable bytes, read anywhere), {@link
 * io.overlaybd.io.BlobSink} (bytes appended, then finished or abandoned), {@link io.overlaybd.io.BlockDevice} (what a
 * frontend serves); the local file behind the first two; the one-member tar that wraps a layer in a registry; the raw
 * CRC-32C that all formats share.
 *
 * <p><b>What it may import.</b> The JDK, and jnr-ffi in {@code sys}. Nothing of ours.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.io.BlobSource}: everything that is read, from a local file to a block
 * of a compressed layer behind a registry, is one, and wrappers stack.
 */
package io.overlaybd.io;
