package io.overlaybd.cache;

/** How a blob is cut into refill units: all of one length, the last cut at the end of the blob. */
record UnitGrid(int unitBytes, long blobBytes) {

    static final int MIN_UNIT_BYTES = 4096;
    static final int MAX_UNIT_BYTES = 16 << 20;

    /** 1 TiB in the smallest units, 64 TiB in those of 256 KiB: bounds what a lying length can make us allocate. */
    static final int MAX_UNITS = 1 << 28;

    /** Whether a unit length can be used: a power of two, whole pages, not larger than one request may be. */
    static boolean isUnitLength(int unitBytes) {
        return unitBytes >= MIN_UNIT_BYTES && unitBytes <= MAX_UNIT_BYTES && Integer.bitCount(unitBytes) == 1;
    }

    /** Whether a blob of this length can be cut into units of this length and counted. */
    static boolean fits(int unitBytes, long blobBytes) {
        return isUnitLength(unitBytes) && blobBytes >= 0 && blobBytes <= (long) unitBytes * MAX_UNITS;
    }

    UnitGrid {
        if (!fits(unitBytes, blobBytes)) {
            throw new IllegalArgumentException(blobBytes + " bytes in units of " + unitBytes);
        }
    }

    int count() {
        return (int) ((blobBytes + unitBytes - 1) / unitBytes);
    }

    int unitAt(long offsetBytes) {
        return (int) (offsetBytes / unitBytes);
    }

    long startBytes(int unit) {
        return (long) unit * unitBytes;
    }

    int lengthBytes(int unit) {
        return (int) Math.min(unitBytes, blobBytes - startBytes(unit));
    }

    /** Length of {@code count} units from {@code first} on, the end of the blob considered. */
    long lengthBytes(int first, int count) {
        return Math.min(startBytes(first + count), blobBytes) - startBytes(first);
    }
}
