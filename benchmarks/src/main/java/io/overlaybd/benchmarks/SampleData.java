package io.overlaybd.benchmarks;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.LayerWriter;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.FileSink;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Real bytes that every machine with a JDK has: the module image of the running one. */
final class SampleData {

    static final int BLOCK_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    private SampleData() {}

    /** The first bytes of the module image, or all of it if it is shorter, in whole MiB. */
    static ByteBuffer load(int maxMiB) throws IOException {
        try (FileChannel modules = FileChannel.open(Path.of(System.getProperty("java.home"), "lib", "modules"))) {
            int mib = (int) Math.min(maxMiB, modules.size() >> 20);
            ByteBuffer data = ByteBuffer.allocateDirect(mib << 20);
            while (data.hasRemaining()) {
                modules.read(data);
            }
            return data.flip();
        }
    }

    /** A layer over the data: every other run of 16 blocks is left a hole, so that the index has something to do. */
    static void writeLayer(Path path, ByteBuffer data, ZFileOptions compression) throws IOException {
        int runBytes = 16 * BLOCK_BYTES;
        BlobSink file = FileSink.create(path, FileSink.Existing.REPLACE);
        BlobSink sink = compression == null ? file : ZFileWriter.create(file, compression);
        try (LayerWriter layer = LayerWriter.create(sink, LayerIdentity.ofSize(2L * data.capacity()))) {
            for (int at = 0; at < data.capacity(); at += runBytes) {
                layer.data(2L * at / SECTOR_BYTES, data.slice(at, Math.min(runBytes, data.capacity() - at)));
            }
            layer.finish();
        }
    }
}
