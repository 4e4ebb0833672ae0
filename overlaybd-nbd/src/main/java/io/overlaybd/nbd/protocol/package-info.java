/**
 * The network block device protocol on the wire, newstyle with fixed handshake and structured replies: headers, codes
 * and flags, each with its decoder or encoder. All numbers are big-endian.
 *
 * <p><b>What lives here.</b> The server's greeting, the option haggling ({@link io.overlaybd.nbd.protocol.OptionHeader},
 * {@link io.overlaybd.nbd.protocol.OptionReply}) and the transmission ({@link io.overlaybd.nbd.protocol.RequestHeader},
 * {@link io.overlaybd.nbd.protocol.SimpleReply}, {@link io.overlaybd.nbd.protocol.Chunk}). No state, no I/O.
 *
 * <p><b>What it may import.</b> The JDK and netty's buffers.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.nbd.protocol.RequestHeader}.
 */
package io.overlaybd.nbd.protocol;
