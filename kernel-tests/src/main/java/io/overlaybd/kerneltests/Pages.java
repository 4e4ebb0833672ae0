package io.overlaybd.kerneltests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/**
 * A file that is written over in place, as databases do: each sector tells in which step it was written. While a step writes, a
 * sector may be as before or as written, and nothing else.
 */
final class Pages {

    static final int SECTOR_BYTES = 512;
    private static final int SECTORS = 8192;
    private static final int RUN_SECTORS = 2048;

    private final Path file;

    Pages(Path file) {
        this.file = file;
    }

    /** All sectors, of step 0, durably. */
    void create() throws IOException {
        write(0, 0, SECTORS);
    }

    /** The run of sectors of this step, durably. */
    void overwrite(int step) throws IOException {
        write(step, firstSector(step), RUN_SECTORS);
    }

    /** Where the run of a step begins. */
    private static int firstSector(int step) {
        return new Random(step).nextInt(SECTORS - RUN_SECTORS + 1);
    }

    private void write(int step, int first, int count) throws IOException {
        ByteBuffer sectors = ByteBuffer.allocate(count * SECTOR_BYTES);
        for (int sector = first; sector < first + count; sector++) {
            sectors.put(content(step, sector));
        }
        sectors.flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (sectors.hasRemaining()) {
                channel.write(sectors, (long) first * SECTOR_BYTES + sectors.position());
            }
            channel.force(true);
        }
    }

    private static ByteBuffer content(int step, int sector) {
        ByteBuffer content = ByteBuffer.allocate(SECTOR_BYTES);
        while (content.hasRemaining()) {
            content.putInt(step).putInt(sector);
        }
        return content.flip();
    }

    /** As {@link Steps#check}, from step 0 on. */
    void check(int done) throws IOException {
        ByteBuffer found = ByteBuffer.wrap(Files.readAllBytes(file));
        if (found.capacity() != SECTORS * SECTOR_BYTES) {
            throw new IOException(file + ": expected " + SECTORS * SECTOR_BYTES + " bytes, found " + found.capacity());
        }
        int[] expected = lastSteps(done);
        int[] begun = lastSteps(done + 1);
        for (int sector = 0; sector < SECTORS; sector++) {
            ByteBuffer content = found.slice(sector * SECTOR_BYTES, SECTOR_BYTES);
            if (!content.equals(content(expected[sector], sector)) && !content.equals(content(begun[sector], sector))) {
                throw new IOException(file + ": sector " + sector + " was written in step " + expected[sector]
                        + ", and begins with step " + content.getInt(0) + ", sector " + content.getInt(4));
            }
        }
    }

    /** For each sector the last step that wrote it. */
    private static int[] lastSteps(int done) {
        int[] steps = new int[SECTORS];
        for (int step = 2; step <= done; step += 4) {
            int first = firstSector(step);
            Arrays.fill(steps, first, first + RUN_SECTORS, step);
        }
        return steps;
    }
}
