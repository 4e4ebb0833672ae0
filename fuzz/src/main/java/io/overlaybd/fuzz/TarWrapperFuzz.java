package io.overlaybd.fuzz;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The tar wrapper around a layer. */
public final class TarWrapperFuzz {

    private TarWrapperFuzz() {}

    /** One input. The payload of what is accepted can be read to its end. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (BlobSource payload = TarWrapper.unwrap(new MemorySource("fuzz", data))) {
            payload.readFully(0, ByteBuffer.allocate(Math.toIntExact(payload.sizeBytes())));
        } catch (IOException refused) {
            return;
        }
    }
}
