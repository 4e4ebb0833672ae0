package io.overlaybd.tools;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Copies a device from first byte to last; only what is stored is read, by several threads. Thread-confined. */
final class RawExport {

    private static final int EXTENTS_AT_ONCE = 1024;

    private record Extent(long offsetBytes, long lengthBytes, boolean stored) {}

    private final BlockDevice device;
    private final RawOutput output;
    private final Progress progress;

    RawExport(BlockDevice device, RawOutput output, Progress progress) {
        this.device = device;
        this.output = output;
        this.progress = progress;
    }

    void run() throws IOException {
        try (ParallelReads reads = new ParallelReads(device::read, output, progress)) {
            for (long at = 0; at < device.sizeBytes(); ) {
                for (Extent extent : extentsFrom(at)) {
                    if (extent.stored()) {
                        reads.copy(extent.offsetBytes(), extent.lengthBytes());
                    } else {
                        reads.zeros(extent.lengthBytes());
                    }
                    at = extent.offsetBytes() + extent.lengthBytes();
                }
            }
            reads.drain();
        }
    }

    private List<Extent> extentsFrom(long at) throws IOException {
        List<Extent> extents = new ArrayList<>();
        device.extents(at, device.sizeBytes() - at, (offset, length, kind) -> {
            extents.add(new Extent(offset, length, kind == ExtentKind.DATA));
            return extents.size() < EXTENTS_AT_ONCE;
        });
        return extents;
    }
}
