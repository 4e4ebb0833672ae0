package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real disk that gets full: a small tmpfs, where the test may mount one. */
class FullDiskTest {

    private static final int PIECE_BYTES = 64 * 1024;

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "SKIPPED: cannot mount a tmpfs here");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @ParameterizedTest
    @EnumSource
    void writeThatFindsNoRoomSaysSoAndGoesOnceThereIsSome(Kind kind) throws Exception {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[PIECE_BYTES]);
        try (WritableLayer layer = WritableLayer.create(
                        kind, disk.resolve("data"), disk.resolve("index"), LayerIdentity.ofSize(4 << 20));
                WritableOverlayDevice device = WritableOverlayDevice.of("full", layer, LayerStack.NONE)) {
            long[] written = {0};
            NoSpaceException full = assertThrows(NoSpaceException.class, () -> {
                for (; written[0] < 4 << 20; written[0] += PIECE_BYTES) {
                    device.write(written[0], piece(written[0]));
                }
            });
            assertTrue(full.getMessage().contains(disk + "/data"), full.getMessage());
            Files.delete(ballast);
            device.write(written[0], piece(written[0]));
            device.flush();
            for (long at = 0; at <= written[0]; at += PIECE_BYTES) {
                ByteBuffer found = ByteBuffer.allocate(PIECE_BYTES);
                device.read(at, found);
                assertEquals(piece(at), found.flip());
            }
        }
    }

    private static ByteBuffer piece(long offsetBytes) {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        while (piece.hasRemaining()) {
            piece.putLong(offsetBytes + piece.position() + 1);
        }
        return piece.flip();
    }
}
