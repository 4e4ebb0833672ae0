package io.overlaybd.tools;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.tar.TarSource;
import io.overlaybd.io.tar.TarWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A layer file as the blob that a registry stores: in a tar. */
final class LayerBlob {

    private LayerBlob() {}

    /** Refuses what is no sealed layer, so that nobody pulls an image that cannot be opened. */
    static void check(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": is a directory; name a layer file");
        }
        try (SealedLayer layer = InputFile.openLayer(path)) {
            layer.name();
        } catch (CorruptFormatException e) {
            throw new IOException(e.getMessage() + "; name a finished layer, as overlaybd-import makes it", e);
        }
    }

    /** Opens the blob: the file as it is, or with a tar around it. */
    static BlobSource open(Path path) throws IOException {
        BlobSource file = FileSource.open(path);
        try {
            return TarWrapper.unwrap(file) == file ? new TarSource(file) : file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
