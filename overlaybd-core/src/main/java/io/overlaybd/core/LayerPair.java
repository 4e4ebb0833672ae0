package io.overlaybd.core;

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

    @Override
    public void close() {
        log.close();
        data.close();
    }

    /** Closes and deletes what {@link #create} created. */
    void discard() throws IOException {
        close();
        Files.deleteIfExists(log.file().path());
        Files.deleteIfExists(data.path());
    }
}
