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
}
