package io.overlaybd.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** An NBD export mounted by the kernel's own filesystem driver: nbdfuse, a loop device, mount. Needs root. */
final class MountedFilesystem implements Closeable {

    private final Path disk;
    private final Path root;
    private final String loopDevice;

    private MountedFilesystem(Path disk, Path root, String loopDevice) {
        this.disk = disk;
        this.root = root;
        this.loopDevice = loopDevice;
    }

    /** Skips the test, visibly, where this user cannot mount or the tools are missing. */
    static void assumePossible() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name")) && Files.isWritable(Path.of("/dev/fuse"));
        Assumptions.assumeTrue(root, "SKIPPED: mounting needs root and /dev/fuse");
        for (String tool : List.of("nbdfuse", "fusermount3", "losetup", "mount", "getfattr")) {
            Assumptions.assumeTrue(isInstalled(tool), "SKIPPED: " + tool + " is not installed");
        }
    }

    private static boolean isInstalled(String tool) {
        return List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    /** Mounts, read-only, below {@code folder}. */
    static MountedFilesystem mount(String uri, String type, Path folder) throws IOException, InterruptedException {
        Path disk = showAsFile(folder, uri, "-r");
        Path root = Files.createDirectories(folder.resolve("root"));
        String loop = run("losetup", "--find", "--show", "--read-only", disk + "/image")
                .strip();
        run("mount", "-t", type, "-o", "ro,noload", loop, root.toString());
        return new MountedFilesystem(disk, root, loop);
    }

    /** Makes a new ext4 and mounts it, writable, below {@code folder}. */
    static MountedFilesystem make(String uri, Path folder) throws IOException, InterruptedException {
        Path disk = showAsFile(folder, uri);
        Path root = Files.createDirectories(folder.resolve("root"));
        String loop = run("losetup", "--find", "--show", disk + "/image").strip();
        run("mkfs.ext4", "-q", loop);
        run("mount", "-t", "ext4", "-o", "discard", loop, root.toString());
        return new MountedFilesystem(disk, root, loop);
    }

    /** Shows the export as a file {@code image} in a directory. */
    private static Path showAsFile(Path folder, String uri, String... options) throws IOException {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        Path pidFile = folder.resolve("nbdfuse.pid");
        Files.deleteIfExists(pidFile);
        List<String> command = new ArrayList<>(List.of("nbdfuse", "-P", pidFile.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(disk + "/image", uri));
        Process fuse = new ProcessBuilder(command).inheritIO().start();
        while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
            if (!fuse.isAlive()) {
                throw new IOException("nbdfuse ended with " + fuse.exitValue());
            }
            Thread.onSpinWait();
        }
        return disk;
    }

    /** Where the filesystem's root is. */
    Path root() {
        return root;
    }

    /** Runs a command to its end; its output. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", root.toString());
            run("losetup", "--detach", loopDevice);
            run("fusermount3", "-u", disk.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + root, e);
        }
    }
}
