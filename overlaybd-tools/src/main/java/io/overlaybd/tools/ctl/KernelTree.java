package io.overlaybd.tools.ctl;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files through which the kernel shows and makes devices. Stateless; what is in them is everybody's. */
class KernelTree {

    private static final long POLL_MILLIS = 10;

    private final Path root;

    /** The files below a folder, {@code /} for those of this machine. */
    KernelTree(Path root) {
        this.root = root;
    }

    Path target() {
        return root.resolve("sys/kernel/config/target");
    }

    Path core() {
        return target().resolve("core");
    }

    Path loopback() {
        return target().resolve("loopback");
    }

    Path module() {
        return root.resolve("sys/module/target_core_user/parameters");
    }

    Path scsiDevice(String address) {
        return root.resolve("sys/class/scsi_device").resolve(address + ":0/device");
    }

    Path block(String disk) {
        return root.resolve("sys/block").resolve(disk);
    }

    Path device(String disk) {
        return root.resolve("dev").resolve(disk);
    }

    Path process() {
        return root.resolve("proc");
    }

    boolean exists(Path path) {
        return Files.exists(path);
    }

    /** The text of a file without its end of line, or nothing if there is no such file. */
    Optional<String> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** What the kernel does not do at present: EAGAIN, which Java takes for a write of no bytes. */
    static final class NotNowException extends IOException {
        private static final long serialVersionUID = 1;

        NotNowException(Path file) {
            super(file + ": the kernel does not take it at present");
        }
    }

    /**
     * One value in one write, as configfs wants it.
     *
     * @throws NotNowException if the kernel wants it to be tried again
     */
    void write(Path file, String value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.write(StandardCharsets.US_ASCII.encode(value)) == 0) {
                throw new NotNowException(file);
            }
        }
    }

    void makeFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
    }

    /** Configfs lets a folder go with the files and folders that it made in it. */
    void removeFolder(Path folder) throws IOException {
        Files.delete(folder);
    }

    void link(Path link, Path to) throws IOException {
        Files.createSymbolicLink(link, to);
    }

    void unlink(Path link) throws IOException {
        Files.delete(link);
    }

    /** The names in a folder, sorted; none if it is no folder. */
    List<String> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }

    /** Something to look at again and again. */
    @FunctionalInterface
    interface Look<T> {
        /** What there is, if it is there by now. */
        Optional<T> look() throws IOException;
    }

    /** Looks until there is something, or time is up. */
    <T> Optional<T> await(Duration patience, Look<T> look) throws IOException {
        long endNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> found = look.look();
            if (found.isPresent() || System.nanoTime() - endNanos > 0) {
                return found;
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
