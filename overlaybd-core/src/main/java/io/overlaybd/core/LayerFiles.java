package io.overlaybd.core;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** How the files of writable layers are had: the place where a test puts files that fail. */
@FunctionalInterface
interface LayerFiles {

    /** As they are. */
    LayerFiles REAL = LayerFile::new;

    /** Wraps an open and locked file; must not fail. */
    LayerFile wrap(Path path, FileDescriptor file);

    /** A new, empty file; refuses one that is there. */
    default LayerFile create(Path path) throws IOException {
        Files.createFile(path);
        try {
            return open(path);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** A file that is there. */
    default LayerFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        FileDescriptor file = FileDescriptor.openReadWrite(path);
        try {
            if (!file.tryLock()) {
                throw new IOException(path + ": is in use: somebody else has it open for writing");
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return wrap(path, file);
    }
}
