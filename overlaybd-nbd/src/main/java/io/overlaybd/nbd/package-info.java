/**
 * The frontend that needs no kernel module: an image served over the network block device protocol.
 *
 * <p><b>What lives here.</b> The command, {@link io.overlaybd.nbd.OverlaybdNbd}; below it {@code protocol}, the bytes on
 * the wire, and {@code server}, which knows nothing of images, only of a block device.
 *
 * <p><b>What it may import.</b> {@code overlaybd-service} (here only), {@code overlaybd-io}, netty, picocli, slf4j.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.nbd.server.NbdServer}.
 */
package io.overlaybd.nbd;
