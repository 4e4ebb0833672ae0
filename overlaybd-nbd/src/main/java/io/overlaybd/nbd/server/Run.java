package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.IOException;

/**
 * A range that is served in one way: read, or told to be a hole.
 *
 * @param hole whether it reads as zeros and need not be read
 */
record Run(long offsetBytes, int lengthBytes, boolean hole) {

    /**
     * The run that begins a range. Holes shorter than {@code minHoleBytes} are read along with the data around them, since
     * a chunk of its own would cost more; a hole that is all of the range is told however short.
     */
    static Run first(BlockDevice device, long offsetBytes, int lengthBytes, int maxDataBytes, int minHoleBytes)
            throws IOException {
        Finder finder = new Finder(maxDataBytes, minHoleBytes);
        device.extents(offsetBytes, lengthBytes, finder);
        return finder.run(offsetBytes);
    }

    /** Walks extents until the end of the first run is known. */
    private static final class Finder implements BlockDevice.ExtentVisitor {

        private final int maxDataBytes;
        private final int minHoleBytes;
        private long dataBytes;
        /** Length of the hole that ends what was seen. */
        private long holeBytes;

        Finder(int maxDataBytes, int minHoleBytes) {
            this.maxDataBytes = maxDataBytes;
            this.minHoleBytes = minHoleBytes;
        }

        @Override
        public boolean visit(long offsetBytes, long lengthBytes, ExtentKind kind) {
            if (kind != ExtentKind.DATA) {
                holeBytes += lengthBytes;
                return dataBytes == 0 || holeBytes < minHoleBytes;
            }
            if (holeBytes >= minHoleBytes) {
                return false;
            }
            dataBytes += holeBytes + lengthBytes;
            holeBytes = 0;
            return dataBytes < maxDataBytes;
        }

        Run run(long offsetBytes) {
            if (dataBytes + holeBytes == 0) {
                throw new IllegalStateException("the device tells no extent at byte " + offsetBytes);
            }
            if (dataBytes == 0) {
                return new Run(offsetBytes, Math.toIntExact(holeBytes), true);
            }
            long withShortHole = holeBytes < minHoleBytes ? dataBytes + holeBytes : dataBytes;
            return new Run(offsetBytes, (int) Math.min(withShortHole, maxDataBytes), false);
        }
    }
}
