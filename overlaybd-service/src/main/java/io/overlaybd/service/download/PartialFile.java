package io.overlaybd.service.download;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.sys.FileDescriptor;
import io.overlaybd.io.sys.FreeSpace;
import io.overlaybd.io.sys.SystemCallException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that grows in a layer's directory, under the original's name for it:
 *
 * <pre>
 *  .download         bytes of the blob from its beginning on, raw; locked (flock) by who writes it
 *  overlaybd.commit  the whole blob; the same file, renamed
 * </pre>
 *
 * It is written in order, so its length says how far it came. That of the original has the blob's length from the start and holes;
 * what lies before the first one counts. Neither is believed: who goes on with it hashes what is there. Thread-confined.
 */
final class PartialFile implements Closeable {

    static final String NAME = ".download";
    static final String COMMITTED = "overlaybd.commit";

    private final Path path;
    private final FileDescriptor file;

    private PartialFile(Path path, FileDescriptor file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the file of a directory, which must exist. Whoever had the lock before may have published the file just now: look
     * for the committed file afterwards.
     *
     * @throws OccupiedException if another process, or another download of this one, has it
     */
    static PartialFile open(Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        FileDescriptor file = FileDescriptor.openReadWrite(path);
        boolean done = false;
        try {
            if (!file.tryLock()) {
                throw new OccupiedException(path);
            }
            PartialFile partial = new PartialFile(path, file);
            done = true;
            return partial;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    Path path() {
        return path;
    }

    /** How many bytes from the beginning are there without a gap; cuts off what follows them. */
    long keepPrefix(long blobBytes) throws IOException {
        long lengthBytes = file.sizeBytes();
        long prefixBytes = lengthBytes == 0 ? 0 : file.nextHole(0);
        if (lengthBytes > blobBytes) {
            prefixBytes = 0;
        }
        file.truncate(prefixBytes);
        return prefixBytes;
    }

    /** Fills {@code direct}. */
    void read(long offsetBytes, ByteBuffer direct) throws IOException {
        for (long at = offsetBytes; direct.hasRemaining(); ) {
            int count = file.read(at, direct);
            if (count == 0) {
                throw new EOFException(path + ": ends at byte " + at + ": the file was cut while it was in use");
            }
            at += count;
        }
    }

    /**
     * Writes at the end.
     *
     * @throws NoSpaceException if there is no space
     */
    void append(long offsetBytes, ByteBuffer direct) throws IOException {
        try {
            file.write(offsetBytes, direct);
        } catch (SystemCallException e) {
            throw e.isOutOfSpace() ? new NoSpaceException(e) : e;
        }
    }

    /**
     * Sees that so many more bytes leave others so much space.
     *
     * @throws NoSpaceException if they would not
     */
    void checkSpace(long moreBytes, long floorBytes) throws IOException {
        long usableBytes = FreeSpace.usableBytes(path);
        if (usableBytes - floorBytes < moreBytes) {
            throw new NoSpaceException(new IOException(path + ": " + moreBytes + " more bytes are to come and "
                    + floorBytes + " shall stay free, but the disk has " + usableBytes));
        }
    }

    /** Hands what was written to the disk. */
    void sync() throws IOException {
        file.sync();
    }

    /** Makes the file durable and gives it its final name. */
    void publish() throws IOException {
        file.sync();
        Files.move(path, path.resolveSibling(COMMITTED), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Throws the bytes away. The name stays, so that whoever waits for the lock waits for the right file. */
    void discard() throws IOException {
        file.truncate(0);
    }

    @Override
    public void close() {
        file.close();
    }
}
