/**
 * The tar wrapper around a layer: one member, so that ordinary registry tools can unpack a layer while we read it in
 * place.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.io.tar.TarWrapper} takes a wrapper off, {@link
 * io.overlaybd.io.tar.TarSink} puts one on while writing, {@link io.overlaybd.io.tar.TarSource} while reading; {@link io.overlaybd.io.tar.TarHeader} is the 512-byte block of both.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.io}. <b>Where to start.</b> {@link io.overlaybd.io.tar.TarHeader}.
 */
package io.overlaybd.io.tar;
