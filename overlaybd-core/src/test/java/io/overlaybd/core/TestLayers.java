package io.overlaybd.core;

import io.overlaybd.io.BlockDevice.ExtentKind;
import io.overlaybd.io.FileSink;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Small layers, made by the writer. */
final class TestLayers {

    private TestLayers() {}

    /** Writes one layer. */
    @FunctionalInterface
    interface Content {
        void writeTo(LayerWriter writer) throws IOException;
    }

    /** The bytes of a layer. */
    static byte[] bytes(LayerIdentity identity, Content content) throws IOException {
        MemorySink sink = new MemorySink();
        try (LayerWriter writer = LayerWriter.create(sink, identity)) {
            content.writeTo(writer);
            writer.finish();
        }
        return sink.bytes();
    }

    /** A layer in a file, for those too large for the heap. */
    static void file(Path path, LayerIdentity identity, Content content) throws IOException {
        try (LayerWriter writer = LayerWriter.create(FileSink.create(path, FileSink.Existing.REFUSE), identity)) {
            content.writeTo(writer);
            writer.finish();
        }
    }

    /** Writes a long run of data in pieces. */
    static void longData(LayerWriter writer, long offsetSectors, int lengthSectors) throws IOException {
        for (int done = 0; done < lengthSectors; done += 512) {
            writer.data(offsetSectors + done, sectors(Math.min(512, lengthSectors - done), done / 512));
        }
    }

    /** A layer, opened. */
    static SealedLayer layer(String name, LayerIdentity identity, Content content) throws IOException {
        return SealedLayer.open(new MemorySource(name, bytes(identity, content)));
    }

    /** Whole sectors that all hold one byte. */
    static ByteBuffer sectors(int count, int value) {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    /** A layer that has what the device has. */
    static SealedLayer like(MemoryDevice device) throws IOException {
        return layer("like", LayerIdentity.ofSize(device.sizeBytes()), writer -> writeAll(device, writer));
    }

    private static void writeAll(MemoryDevice device, LayerWriter writer) throws IOException {
        device.extents(0, device.sizeBytes(), (offset, length, kind) -> {
            try {
                if (kind == ExtentKind.DATA) {
                    writer.data(offset / 512, ByteBuffer.wrap(device.copy(offset, (int) length)));
                } else if (kind == ExtentKind.ZERO) {
                    writer.zero(offset / 512, length / 512);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
    }
}
