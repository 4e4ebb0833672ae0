package io.overlaybd.fuzz;

import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A sealed layer: header, index, trailer, and the device over it. What opens can be read from one end to the other. */
public final class SealedLayerFuzz {

    private static final int PIECE_BYTES = 100_001;
    private static final long MOST_READ_BYTES = 4 << 20;

    private SealedLayerFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        BlobSource source = new MemorySource("fuzz", data);
        try (OverlayDevice device =
                new OverlayDevice("fuzz", LayerStack.of(List.of(SealedLayer.open(source), SealedLayer.open(source))))) {
            device.extents(0, device.sizeBytes(), (offset, length, kind) -> {
                if (length <= 0) {
                    throw new AssertionError("extent of " + length + " bytes at byte " + offset);
                }
                return true;
            });
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
            long end = Math.min(device.sizeBytes(), MOST_READ_BYTES);
            for (long at = 0; at < end; at += PIECE_BYTES) {
                device.read(at, piece.clear().limit((int) Math.min(PIECE_BYTES, end - at)));
            }
        } catch (IOException refused) {
            return;
        }
    }
}
