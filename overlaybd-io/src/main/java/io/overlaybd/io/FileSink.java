package io.overlaybd.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * A new local file. It grows under a temporary name beside its place; {@link #finish()} syncs it, moves it there and
 * syncs the directory, so that whoever finds the name finds the whole file. Thread-confined.
 */
public final class FileSink implements BlobSink {

    /** What to do with a file that is already there. */
    public enum Existing {
        /** Leave it and fail, at the start and once more at the end. */
        REFUSE,
        /** Replace it, at the end. */
        REPLACE
    }

    private final Path path;
    private final Path temporary;
    private final Existing existing;
    private final FileChannel channel;
    private long positionBytes;
    private boolean finished;

    private FileSink(Path path, Path temporary, Existing existing, FileChannel channel) {
        this.path = path;
        this.temporary = temporary;
        this.existing = existing;
        this.channel = channel;
    }

    /** Starts a file that will stand at {@code path}, with the permissions that the process gives new files. */
    public static FileSink create(Path path, Existing existing) throws IOException {
        return create(path, existing, new FileAttribute<?>[0]);
    }

    /** Starts a file that will stand at {@code path} and has these attributes, such as permissions, from the beginning. */
    public static FileSink create(Path path, Existing existing, FileAttribute<?>... attributes) throws IOException {
        refuseIfThere(path, existing);
        Path temporary = path.resolveSibling("." + path.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + ".tmp");
        FileChannel channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
        return new FileSink(path, temporary, existing, channel);
    }

    private static void refuseIfThere(Path path, Existing existing) throws FileAlreadyExistsException {
        if (existing == Existing.REFUSE && Files.exists(path)) {
            throw new FileAlreadyExistsException(path.toString(), null, "already exists");
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long positionBytes() {
        return positionBytes;
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        positionBytes += writeAt(positionBytes, src);
    }

    /** Appends a hole, which reads as zeros and takes no space. */
    public void skip(long lengthBytes) {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("negative length " + lengthBytes);
        }
        positionBytes = Math.addExact(positionBytes, lengthBytes);
    }

    @Override
    public boolean canRewriteHead() {
        return true;
    }

    @Override
    public void rewriteHead(long offsetBytes, ByteBuffer src) throws IOException {
        if (offsetBytes < 0 || src.remaining() > positionBytes - offsetBytes) {
            throw new IllegalArgumentException("bytes " + offsetBytes + " + " + src.remaining() + " of " + name()
                    + " are not written yet, only " + positionBytes);
        }
        writeAt(offsetBytes, src);
    }

    private int writeAt(long offsetBytes, ByteBuffer src) throws IOException {
        int written = 0;
        try {
            while (src.hasRemaining()) {
                written += channel.write(src, offsetBytes + written);
            }
            return written;
        } catch (ClosedChannelException closedByUs) {
            throw closedByUs;
        } catch (IOException e) {
            throw new IOException(
                    name() + ": cannot write at byte " + (offsetBytes + written) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void finish() throws IOException {
        if (channel.size() < positionBytes) {
            channel.write(ByteBuffer.allocate(1), positionBytes - 1);
        }
        channel.force(true);
        refuseIfThere(path, existing);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        finished = true;
        syncDirectory(path.toAbsolutePath().getParent());
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(temporary);
        }
    }
}
