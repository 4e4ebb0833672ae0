package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The clients that people use, where they are installed: libnbd-bin, qemu-utils, fio. */
@ExtendWith(Seeded.class)
class RealClientsTest {

    private static final int SIZE = 8 << 20;

    @TempDir
    Path folder;

    private String run(String... command) throws IOException, InterruptedException {
        return Programs.run(folder, command);
    }

    private Path expected(MemoryDevice device) throws IOException {
        return Files.write(folder.resolve("expected"), device.copy(0, SIZE));
    }

    @Test
    void nbdinfoSeesAReadOnlyExport(Random random) throws Exception {
        try (Served server = Served.unix(folder, MemoryDevice.random(random, SIZE, 64))) {
            String info = run("nbdinfo", server.uri());
            for (String line : List.of(
                    "export-size: " + SIZE,
                    "description: for a test",
                    "is_read_only: true",
                    "can_cache: true",
                    "can_df: true",
                    "can_flush: true",
                    "can_multi_conn: true",
                    "base:allocation",
                    "block_size_minimum: 1",
                    "block_size_preferred: 4096",
                    "block_size_maximum: " + (32 << 20))) {
                assertTrue(info.contains(line), () -> line + " is not in " + info);
            }
            assertTrue(run("nbdinfo", "--list", server.uri()).contains("export=\"\""));
        }
    }

    @Test
    void nbdinfoMapIsThatOfTheDevice(Random random) throws Exception {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 8); // more extents than one reply holds
        List<String> extents = new ArrayList<>();
        device.extents(
                0,
                SIZE,
                (offset, length, kind) -> extents.add(offset + " " + length + " "
                        + switch (kind) {
                            case DATA -> "0 data";
                            case ZERO -> "2 zero";
                            case HOLE -> "3 hole,zero";
                        }));
        try (Served server = Served.tcp(device)) {
            List<String> told = run("nbdinfo", "--map", server.uri())
                    .lines()
                    .map(line -> line.trim().replaceAll(" +", " "))
                    .toList();
            assertEquals(extents, told);
        }
    }

    @Test
    void nbdcopyGivesTheDevice(Random random) throws Exception {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 1024);
        for (BlockDevice served : List.of(device, new SometimesBlocking(device))) {
            try (Served server = Served.unix(folder, served)) {
                run("nbdcopy", server.uri(), "copy");
                assertEquals(-1, Files.mismatch(expected(device), folder.resolve("copy")));
            }
        }
    }

    @Test
    void qemuImgConvertsAndCompares(Random random) throws Exception {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 1024);
        try (Served server = Served.unix(folder, new SometimesBlocking(device))) {
            run("qemu-img", "convert", "-f", "raw", "-O", "raw", server.uri(), "copy");
            assertEquals(-1, Files.mismatch(expected(device), folder.resolve("copy")));
            assertTrue(run("qemu-img", "compare", "-f", "raw", "-F", "raw", server.uri(), "expected")
                    .contains("identical"));
        }
    }

    @Test
    void fioVerifiesOverEightConnectionsAtDepthThirtyTwo() throws Exception {
        String size = "--size=" + SIZE;
        run("fio", "--name=fill", "--filename=fio", "--rw=write", "--bs=4k", size, "--verify=crc32c", "--do_verify=0");
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(0, Files.readAllBytes(folder.resolve("fio")));
        try (Served server = Served.unix(folder, new SometimesBlocking(device))) {
            run(
                    "fio",
                    "--name=check",
                    "--ioengine=nbd",
                    "--uri=" + server.uri(),
                    "--rw=randread",
                    "--bs=4k",
                    size,
                    "--iodepth=32",
                    "--numjobs=8",
                    "--verify=crc32c",
                    "--verify_fatal=1");
        }
    }
}
