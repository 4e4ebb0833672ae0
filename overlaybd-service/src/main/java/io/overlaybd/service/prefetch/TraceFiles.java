package io.overlaybd.service.prefetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The files of a recording, as those know them who ask for one:
 *
 * <pre>
 *  trace        empty: to be recorded; then the trace, which takes its place as a whole
 *  trace.lock   there while it is recorded; who deletes it ends the recording
 *  trace.ok     made when the trace is complete
 * </pre>
 *
 * Immutable.
 */
record TraceFiles(Path trace) {

    private Path beside(String suffix) {
        return trace.resolveSibling(trace.getFileName() + suffix);
    }

    Path lock() {
        return beside(".lock");
    }

    Path ok() {
        return beside(".ok");
    }

    /** The recording begins: what an earlier one said of itself is no longer so. */
    void begin() throws IOException {
        Files.deleteIfExists(ok());
        try {
            Files.createFile(lock());
        } catch (FileAlreadyExistsException left) {
            return; // by a recording that was killed
        }
    }

    /** Whether nobody has asked for the end yet. */
    boolean isLocked() {
        return !Files.notExists(lock());
    }

    /** Writes the trace, durably and as a whole, and says that it is there. If that fails the trace stays empty. */
    void finish(ByteBuffer bytes) throws IOException {
        Path part = beside(".part");
        try {
            write(part, bytes);
            Files.move(part, trace, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
            abandon();
        }
        Files.write(ok(), new byte[0]);
    }

    private static void write(Path file, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** The recording ends without a trace. */
    void abandon() throws IOException {
        Files.deleteIfExists(lock());
    }
}
