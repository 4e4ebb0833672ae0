package io.overlaybd.tools;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that commands read: opened without waiting for ever, with what is around a layer taken off. */
final class InputFile {

    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR_FILE = 0100000;
    private static final int BLOCK_DEVICE = 0060000;

    private InputFile() {}

    /** A regular file or a block device: a pipe cannot be gone through twice, and opening one may wait for ever. */
    static FileSource openPlain(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        int type = (int) Files.getAttribute(path, "unix:mode") & TYPE_MASK;
        if (type != REGULAR_FILE && type != BLOCK_DEVICE) {
            throw new IOException(path + ": is neither a regular file nor a block device; name a file");
        }
        return FileSource.open(path);
    }

    /** A finished layer, in a ZFile or not, in a tar or not. */
    static SealedLayer openLayer(Path path) throws IOException {
        BlobSource file = openPlain(path);
        try {
            BlobSource top = TarWrapper.unwrap(file);
            return SealedLayer.open(ZFile.probe(top) ? ZFile.open(top) : top);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
