package io.overlaybd.kerneltests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/**
 * Changes to a folder, always the same ones in the same order, each of them durable when it comes back:
 *
 * <pre>
 *  step 0        makes the file "pages"
 *  step 4n + 1   makes a file of its own
 *  step 4n + 2   writes over a run of the pages
 *  step 4n + 3   replaces the file "current" by means of another one; writes the file "unsynced" without syncing it
 *  step 4n + 4   removes the file of the second step 4n + 1 before
 * </pre>
 *
 * Confined to one thread.
 */
final class Steps {

    static final int AGE_OF_REMOVED = 7;
    private static final int MAX_FILE_BYTES = 200_000;

    private final Path folder;
    private final Pages pages;

    Steps(Path folder) {
        this.folder = folder;
        this.pages = new Pages(folder.resolve("pages"));
    }

    /** Does a step; once this is back, nothing can undo it. */
    void perform(int step) throws IOException {
        switch (step == 0 ? 0 : (step - 1) % 4 + 1) {
            case 0 -> pages.create();
            case 1 -> write(fileOf(step), content(step));
            case 2 -> pages.overwrite(step);
            case 3 -> replaceCurrent(step);
            default -> Files.deleteIfExists(fileOf(step - AGE_OF_REMOVED));
        }
        sync(folder);
    }

    private void replaceCurrent(int step) throws IOException {
        Files.write(folder.resolve("unsynced"), content(step + 1));
        Path next = folder.resolve("next");
        write(next, content(step));
        Files.move(next, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Whether the folder is as it has to be when the steps up to {@code done} came back and the next one may have begun. Before
     * step 0 the argument is -1.
     *
     * @throws IOException what is wrong
     */
    void check(int done) throws IOException {
        for (int step = 1; step <= done + 1; step += 4) {
            checkFile(step, done);
        }
        if (done >= 0) {
            pages.check(done);
        }
        if (done >= 3) {
            checkCurrent(done);
        }
    }

    private void checkFile(int step, int done) throws IOException {
        int removal = step + AGE_OF_REMOVED;
        boolean exists = Files.exists(fileOf(step));
        if (removal <= done && exists) {
            throw new IOException(fileOf(step) + ": was removed, in step " + removal + ", and is there");
        }
        if (step <= done && removal > done + 1 && !exists) {
            throw new NoSuchFileException(fileOf(step) + ": was made, in step " + step + ", and is not there");
        }
        if (step <= done && exists && !Arrays.equals(content(step), Files.readAllBytes(fileOf(step)))) {
            throw new IOException(fileOf(step) + ": has another content than it was given in step " + step);
        }
    }

    private void checkCurrent(int done) throws IOException {
        int last = done - (done + 1) % 4;
        byte[] found = Files.readAllBytes(folder.resolve("current"));
        boolean replaced = done + 1 == last + 4 && Arrays.equals(content(done + 1), found);
        if (!replaced && !Arrays.equals(content(last), found)) {
            throw new IOException("current: has another content than it was given in step " + last);
        }
    }

    private Path fileOf(int step) {
        return folder.resolve("file" + step);
    }

    /** Another one for each step. */
    private static byte[] content(int step) {
        Random random = new Random(step);
        byte[] content = new byte[1 + random.nextInt(MAX_FILE_BYTES)];
        random.nextBytes(content);
        return content;
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }
}
