package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The two files of a writable layer, on their way to it. */
record LayerPair(LayerFile data, IndexLog log) implements Closeable {

    /** Creates both, or none. */
    static LayerPair create(LayerFiles files, Path dataPath, Path indexPath) throws IOException {
        LayerFile data = files.create(dataPath);
        try {
            return new LayerPair(data, IndexLog.create(files, indexPath));
        } catch (IOException | RuntimeException e) {
            data.close();
            Files.deleteIfExists(dataPath);
            throw e;
        }
    }

    static LayerPair open(LayerFiles files, Path dataPath, Path indexPath) throws IOException {
        LayerFile data = files.open(dataPath);
        try {
            return new LayerPair(data, IndexLog.open(files, indexPath));
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /** A new layer in these files, which must be new; if that fails, they are deleted. */
    WritableLayer newLayer(WritableLayer.Kind kind, LayerIdentity identity) throws IOException {
        try {
            return switch (kind) {
                case LOG, HYBRID -> LogLayer.create(this, kind, identity);
                case SPARSE -> SparseLayer.create(this, identity);
            };
        } catch (IOException | RuntimeException e) {
            discard();
            throw e;
        }
    }

    /** The layer that is in these files; if there is none, they are closed. */
    WritableLayer layer() throws IOException {
        try {
            LayerHeader header = WritableHeaders.readData(data);
            return header.has(LayerHeader.SPARSE) ? SparseLayer.open(this, header) : LogLayer.open(this, header);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        log.close();
        data.close();
    }

    private void discard() throws IOException {
        close();
        Files.deleteIfExists(log.file().path());
        Files.deleteIfExists(data.path());
    }
}
