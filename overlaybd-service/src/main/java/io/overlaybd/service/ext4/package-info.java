/**
 * Finds out where the files of an ext4 file system lie on its device, without mounting it.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.ext4.Ext4} tells the extents of files, which {@link io.overlaybd.service.ext4.PathWalk} finds. One class for
 * each structure on the disk: {@link io.overlaybd.service.ext4.Superblock}, {@link io.overlaybd.service.ext4.Inode}, {@link
 * io.overlaybd.service.ext4.ExtentTree}, {@link io.overlaybd.service.ext4.Directory}. Read-only; a journal is not replayed, so what is
 * told of a file system that was not unmounted may be old. Nothing that a device says is believed without a bound: whatever it holds, the
 * answer is a {@link io.overlaybd.io.CorruptFormatException}, and never a hang or a huge allocation.
 *
 * <p><b>What it may import.</b> Contracts. <b>Where to start.</b> {@link io.overlaybd.service.ext4.Ext4}.
 */
package io.overlaybd.service.ext4;
