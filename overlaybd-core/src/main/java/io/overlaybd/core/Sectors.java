package io.overlaybd.core;

import io.overlaybd.io.BlockDevice;

/** The one place where sectors become bytes. Addresses of an index have at most 55 bits, see {@link SealedLayer}. */
final class Sectors {

    private Sectors() {}

    static long toBytes(long sectors) {
        return sectors * BlockDevice.SECTOR_BYTES;
    }

    /** The sector that a byte is in. */
    static long containing(long offsetBytes) {
        return offsetBytes / BlockDevice.SECTOR_BYTES;
    }

    static boolean isWhole(long bytes) {
        return bytes % BlockDevice.SECTOR_BYTES == 0;
    }
}
