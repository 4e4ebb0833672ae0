package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class RunTest {

    private static final int SIZE = 1 << 20;

    @Test
    void runsCoverTheRangeAndHolesAreZero(Random random) throws IOException {
        for (int i = 0; i < 200; i++) {
            MemoryDevice device = MemoryDevice.random(random, SIZE, 1 + random.nextInt(64));
            int maxData = 1 + random.nextInt(100_000);
            int minHole = 1 + random.nextInt(20_000);
            int at = random.nextInt(SIZE);
            int end = at + 1 + random.nextInt(SIZE - at);
            while (at < end) {
                Run run = Run.first(device, at, end - at, maxData, minHole);
                assertEquals(at, run.offsetBytes());
                assertTrue(run.lengthBytes() > 0 && run.lengthBytes() <= end - at);
                if (run.hole()) {
                    assertArrayEquals(new byte[run.lengthBytes()], device.copy(at, run.lengthBytes()));
                    assertTrue(run.lengthBytes() >= minHole || at + run.lengthBytes() == end);
                } else {
                    assertTrue(run.lengthBytes() <= maxData);
                }
                at += run.lengthBytes();
            }
        }
    }

    @Test
    void shortHolesAreReadAlongAndLongOnesEndTheRun() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(512, new byte[512]);
        device.write(2048, new byte[512]);
        device.zero(2560, 512);
        device.write(16384, new byte[512]);
        assertEquals(new Run(0, 2560, false), Run.first(device, 0, SIZE, SIZE, 4096));
        assertEquals(new Run(2560, 16384 - 2560, true), Run.first(device, 2560, SIZE - 2560, SIZE, 4096));
        assertEquals(new Run(0, 100, true), Run.first(device, 0, 100, SIZE, 4096));
        assertEquals(new Run(600, 1000, false), Run.first(device, 600, 1000, SIZE, 4096));
    }
}
