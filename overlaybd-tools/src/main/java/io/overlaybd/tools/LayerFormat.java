package io.overlaybd.tools;

import io.overlaybd.io.BlobSink;
import io.overlaybd.io.tar.TarSink;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import java.io.IOException;

/**
 * What is put around a layer in its file.
 *
 * @param compression how it is compressed, null if it is not
 * @param tar whether a tar goes around the whole
 */
record LayerFormat(ZFileOptions compression, boolean tar) {

    /** The sink to write the plain layer to; whoever closes {@code file} closes it too. */
    BlobSink around(BlobSink file) throws IOException {
        BlobSink sink = tar ? new TarSink(file) : file;
        return compression == null ? sink : ZFileWriter.create(sink, compression);
    }
}
