package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The clients that people use, writing: libnbd-bin, qemu-utils, fio. */
@ExtendWith(Seeded.class)
class RealWritersTest {

    private static final int SIZE = 8 << 20;

    @TempDir
    Path folder;

    private String run(String... command) throws Exception {
        return Programs.run(folder, command);
    }

    @Test
    void nbdinfoSeesAWritableExport() throws Exception {
        try (Served server = Served.unix(folder, new MemoryDisk(SIZE))) {
            String info = run("nbdinfo", server.uri());
            for (String line : List.of(
                    "is_read_only: false",
                    "can_flush: true",
                    "can_fua: true",
                    "can_trim: true",
                    "can_zero: true",
                    "can_fast_zero: true",
                    "can_multi_conn: true",
                    "block_size_minimum: 512")) {
                assertTrue(info.contains(line), () -> line + " is not in " + info);
            }
        }
    }

    private byte[] image(Random random) throws Exception {
        byte[] image = new byte[SIZE];
        random.nextBytes(image);
        Arrays.fill(image, 1 << 20, 3 << 20, (byte) 0);
        Files.write(folder.resolve("image"), image);
        return image;
    }

    @Test
    void nbdcopyWritesAndReadsBack(Random random) throws Exception {
        byte[] image = image(random);
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk)) {
            run("nbdcopy", "--flush", "image", server.uri());
            assertArrayEquals(image, disk.content.copy(0, SIZE));
            assertTrue(disk.flushes.get() > 0);
            run("nbdcopy", server.uri(), "back");
            assertEquals(-1, Files.mismatch(folder.resolve("image"), folder.resolve("back")));
        }
    }

    @Test
    void qemuImgConvertsIntoTheExport(Random random) throws Exception {
        byte[] image = image(random);
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.tcp(disk)) {
            run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", "image", server.uri());
            assertArrayEquals(image, disk.content.copy(0, SIZE));
            assertTrue(run("qemu-img", "compare", "-f", "raw", "-F", "raw", "image", server.uri())
                    .contains("identical"));
        }
    }

    @Test
    void qemuIoWritesPartsOfSectorsZeroesAndDiscards() throws Exception {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk)) {
            String said = run(
                    "qemu-io",
                    "-f",
                    "raw",
                    "-c",
                    "write -P 1 0 1M",
                    "-c",
                    "write -P 2 100 1000",
                    "-c",
                    "write -z 200k 10k",
                    "-c",
                    "write -z -u 300k 10k",
                    "-c",
                    "discard 400k 100k",
                    "-c",
                    "write -f -P 3 500k 512",
                    "-c",
                    "flush",
                    "-c",
                    "read -P 1 1100 4k",
                    "-c",
                    "read -P 2 100 1000",
                    "-c",
                    "read -P 0 200k 10k",
                    "-c",
                    "read -P 0 400k 100k",
                    server.uri());
            assertTrue(!said.contains("failed"), said);
        }
        byte[] expected = new byte[1 << 20];
        Arrays.fill(expected, (byte) 1);
        Arrays.fill(expected, 100, 1100, (byte) 2);
        Arrays.fill(expected, 200 << 10, 210 << 10, (byte) 0);
        Arrays.fill(expected, 300 << 10, 310 << 10, (byte) 0);
        Arrays.fill(expected, 400 << 10, 500 << 10, (byte) 0);
        Arrays.fill(expected, 500 << 10, (500 << 10) + 512, (byte) 3);
        assertArrayEquals(expected, disk.content.copy(0, 1 << 20));
    }

    @Test
    void fioReadsWhatItWroteOverFourConnections() throws Exception {
        try (Served server = Served.unix(folder, new MemoryDisk(SIZE))) {
            run(
                    "fio",
                    "--name=rw",
                    "--ioengine=nbd",
                    "--uri=" + server.uri(),
                    "--rw=randrw",
                    "--bssplit=512/20:4k/50:64k/20:1m/10",
                    "--size=2m",
                    "--offset_increment=2m",
                    "--io_size=8m",
                    "--iodepth=16",
                    "--numjobs=4",
                    "--serialize_overlap=1",
                    "--fsync=32",
                    "--verify=crc32c",
                    "--verify_fatal=1",
                    "--verify_backlog=64");
        }
    }
}
