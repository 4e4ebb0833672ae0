package io.overlaybd.tools;

import io.overlaybd.io.FileSink;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file that a command makes. It appears when it is complete; a failure, or a signal that ends the process, leaves
 * nothing behind. Thread-confined.
 */
final class Target implements AutoCloseable {

    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final FileSink sink;
    private final Thread signalled;

    private Target(FileSink sink) {
        this.sink = sink;
        this.signalled = new Thread(this::abandon, "obd-abandon");
        Runtime.getRuntime().addShutdownHook(signalled);
    }

    /** A file with the permissions that a layer has, less the umask. */
    static Target create(Path path, boolean replace) throws IOException {
        return create(path, replace, READABLE);
    }

    /** A file that only its owner can use, as an extracted one is. */
    static Target createPrivate(Path path, boolean replace) throws IOException {
        return create(path, replace, OWNER_ONLY);
    }

    private static Target create(Path path, boolean replace, Set<PosixFilePermission> permissions) throws IOException {
        Path directory = directoryOf(path);
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + ": exists and is no regular file; name another target");
        }
        if (Files.exists(path) && !replace) {
            throw new IOException(path + ": already exists; use -f to replace it");
        }
        try {
            return new Target(FileSink.create(
                    Files.exists(path) ? path.toRealPath() : path,
                    replace ? FileSink.Existing.REPLACE : FileSink.Existing.REFUSE,
                    PosixFilePermissions.asFileAttribute(permissions)));
        } catch (AccessDeniedException e) {
            throw new IOException(
                    path + ": this user may not make files in " + directory + "; name another place, or be one who may",
                    e);
        }
    }

    /** The directory of a file that is to be made, which has to be there. */
    static Path directoryOf(Path path) throws NoSuchFileException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new NoSuchFileException(path + ": the directory it is to be in does not exist; create it first");
        }
        return directory;
    }

    /** What to write to; whoever wraps it finishes it. */
    FileSink sink() {
        return sink;
    }

    private void abandon() {
        try {
            sink.close();
        } catch (IOException e) {
            System.err.println(sink.name() + ": cannot remove what was written so far: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(signalled);
        } catch (IllegalStateException alreadyEnding) {
            return;
        }
        sink.close();
    }

    /** Refuses a target that is also read: it would be replaced under its reader, or by what was made of itself. */
    static void refuseSameFile(Path source, Path target) throws IOException {
        if (Files.exists(source) && Files.exists(target) && Files.isSameFile(source, target)) {
            throw new IOException(target + ": is also the source; name another target");
        }
    }
}
