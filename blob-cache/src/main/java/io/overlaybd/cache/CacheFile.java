package io.overlaybd.cache;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file of the cache, as {@link FileDescriptor} has it; a class of its own so that a failing disk can take its place. Thread-safe.
 */
class CacheFile implements Closeable {

    /** Where the files of a cache come from. */
    @FunctionalInterface
    interface Opener {

        /** Opens for reading and writing; an absent file is created. */
        CacheFile open(Path path) throws IOException;
    }

    private final FileDescriptor file;

    CacheFile(FileDescriptor file) {
        this.file = file;
    }

    static CacheFile open(Path path) throws IOException {
        return new CacheFile(FileDescriptor.openReadWrite(path));
    }

    /** As {@link FileDescriptor#read}. */
    int read(long offsetBytes, ByteBuffer direct) throws IOException {
        return file.read(offsetBytes, direct);
    }

    /** As {@link FileDescriptor#tryRead}. */
    int tryRead(long offsetBytes, ByteBuffer direct) throws IOException {
        return file.tryRead(offsetBytes, direct);
    }

    /** As {@link FileDescriptor#write}. */
    void write(long offsetBytes, ByteBuffer direct) throws IOException {
        file.write(offsetBytes, direct);
    }

    /** As {@link FileDescriptor#truncate}. */
    void truncate(long sizeBytes) throws IOException {
        file.truncate(sizeBytes);
    }

    /** As {@link FileDescriptor#punchHole}. */
    void punchHole(long offsetBytes, long lengthBytes) throws IOException {
        file.punchHole(offsetBytes, lengthBytes);
    }

    /** As {@link FileDescriptor#sizeBytes}. */
    long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    /** As {@link FileDescriptor#nextData}. */
    long nextData(long offsetBytes) throws IOException {
        return file.nextData(offsetBytes);
    }

    /** As {@link FileDescriptor#nextHole}. */
    long nextHole(long offsetBytes) throws IOException {
        return file.nextHole(offsetBytes);
    }

    /** As {@link FileDescriptor#allocatedBytes}. */
    long allocatedBytes() throws IOException {
        return file.allocatedBytes();
    }

    @Override
    public void close() {
        file.close();
    }
}
