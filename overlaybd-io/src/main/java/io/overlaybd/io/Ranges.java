package io.overlaybd.io;

import java.io.EOFException;

/** The range check that every source and device begins a read with, in arithmetic that cannot overflow. */
public final class Ranges {

    private Ranges() {}

    /** Passes if {@code [offset, offset + length)} lies within {@code [0, size)}; all in bytes. */
    public static void check(String resource, long offsetBytes, long lengthBytes, long sizeBytes) throws EOFException {
        if (offsetBytes < 0 || lengthBytes < 0 || lengthBytes > sizeBytes - offsetBytes) {
            throw new EOFException(
                    resource + ": cannot read " + lengthBytes + " bytes at byte " + offsetBytes + " of " + sizeBytes);
        }
    }

    /** {@link #check} for a write, which is also of whole sectors: anything else is the caller's mistake. */
    public static void checkWrite(String resource, long offsetBytes, long lengthBytes, long sizeBytes)
            throws EOFException {
        if (offsetBytes % BlockDevice.SECTOR_BYTES != 0 || lengthBytes % BlockDevice.SECTOR_BYTES != 0) {
            throw new IllegalArgumentException(resource + ": " + lengthBytes + " bytes at byte " + offsetBytes
                    + " are not whole sectors of " + BlockDevice.SECTOR_BYTES);
        }
        if (offsetBytes < 0 || lengthBytes < 0 || lengthBytes > sizeBytes - offsetBytes) {
            throw new EOFException(
                    resource + ": cannot write " + lengthBytes + " bytes at byte " + offsetBytes + " of " + sizeBytes);
        }
    }
}
