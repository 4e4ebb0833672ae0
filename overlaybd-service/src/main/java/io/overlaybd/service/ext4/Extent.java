package io.overlaybd.service.ext4;

/**
 * Adjacent bytes of a file that are adjacent on its device. Immutable.
 *
 * @param fileOffsetBytes where they are in the file
 * @param deviceOffsetBytes where they are on the device
 */
public record Extent(long fileOffsetBytes, long deviceOffsetBytes, long lengthBytes) {}
