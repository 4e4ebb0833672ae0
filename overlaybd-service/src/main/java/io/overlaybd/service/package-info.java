/**
 * Joins layers, compression, registries, cache and configuration: from a config file to a block device.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.ImageService} opens images for frontends and tools; {@link
 * io.overlaybd.service.DaemonService} is what a daemon has besides, its configuration and its logs; {@link
 * io.overlaybd.service.ImageOpener} makes the device of an image; {@link
 * io.overlaybd.service.StackOpener} opens its layers in parallel; {@link io.overlaybd.service.LayerOpener}
 * is the one place that knows which sources lie over which; {@link io.overlaybd.service.UpperOpener} puts the writable layer
 * on top, of which {@link io.overlaybd.service.LiveSnapshots} makes another layer while the image is in use; {@link
 * io.overlaybd.service.RemoteBlobs} owns what remote layers share, as {@link io.overlaybd.service.RemoteSettings} has it from the configuration; {@link
 * io.overlaybd.service.ResultFile} tells how it went. Below: {@code download} (whole layers in the background), {@code prefetch} (what a
 * trace or a list of files names) with {@code ext4}, {@code metrics} and {@code log} (what is seen of it), {@code admin} and {@code api} (what
 * is asked of it), {@code http} (how).
 *
 * <p><b>What it may import.</b> Every module below the frontends. <b>Where to start.</b> {@link
 * io.overlaybd.service.LayerOpener}: a new wrapper around the bytes of a layer goes there.
 */
package io.overlaybd.service;
