package io.overlaybd.tools;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the ext4 file system that images begin with, of the shape that the original makes: blocks of 4096, one inode of 256
 * bytes for each 16 KiB, no journal and no metadata checksums, since a layer has checksums of its own.
 */
final class MakeExt4 {

    private static final String FEATURES = "none,64bit,sparse_super,filetype,resize_inode,dir_index,ext_attr,dir_nlink,"
            + "large_file,huge_file,flex_bg,extent,extra_isize";

    /** The program is for the administrator, and not on everybody's path. */
    private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

    private MakeExt4() {}

    /** Fills the file, which has the size of the disk and is all zeros. */
    static void on(Path image) throws IOException {
        Process process = new ProcessBuilder(command(image))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = await(process);
        if (status != 0) {
            throw new IOException("mkfs.ext4 failed with status " + status + ": " + output);
        }
    }

    private static List<String> command(Path image) throws IOException {
        return List.of(
                program(),
                "-q",
                "-F",
                "-b",
                "4096",
                "-I",
                "256",
                "-i",
                "16384",
                "-m",
                "5",
                "-O",
                FEATURES,
                image.toString());
    }

    private static String program() throws IOException {
        Stream<String> onPath =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"));
        return Stream.concat(onPath, DIRECTORIES.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "mkfs.ext4"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("--mkfs: no mkfs.ext4 found; install e2fsprogs"))
                .toString();
    }

    private static int await(Process process) throws InterruptedIOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while mkfs.ext4 was running");
        }
    }
}
