package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.JavaProcess;
import io.overlaybd.nbd.OverlaybdNbd;
import io.overlaybd.nbd.WritableImage;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.Seeded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was acknowledged is there after a kill -9 and a new start; what was not is there or is not, sector by sector. */
@ExtendWith(Seeded.class)
class KilledServerTest {

    private static final int SECTORS = 16 * 1024;
    private static final int DEPTH = 32;
    private static final int ROUNDS = 3;

    @TempDir
    Path folder;

    /** A write under way: what its sectors will be. */
    private record Write(int sector, int sectors, long value) {}

    private final long[] acknowledged = new long[SECTORS];
    private final Map<Long, Write> underWay = new HashMap<>();
    private long nextValue = 1;

    @ParameterizedTest
    @EnumSource
    void acknowledgedWritesSurvive(Kind kind, Random random) throws Exception {
        Path config = new WritableImage(folder, kind, SECTORS * 512L).config("config.json", List.of(), 0);
        for (int round = 0; round < ROUNDS; round++) {
            Process server = start(config);
            try (NbdClient client = NbdClient.structured(UnixDomainSocketAddress.of(folder.resolve("s")))) {
                load(client, random, 500 + random.nextInt(1500));
                server.destroyForcibly();
                takeLastAnswers(client);
            } finally {
                server.destroyForcibly().waitFor();
            }
            assertAllIsThere(config);
        }
    }

    private Process start(Path config) throws IOException {
        Process server = JavaProcess.start(
                OverlaybdNbd.class,
                config.toString(),
                "--socket",
                folder.resolve("s").toString());
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        assertTrue(out.readLine().startsWith("nbd+unix:"));
        return server;
    }

    private void load(NbdClient client, Random random, int answers) throws IOException {
        for (int received = 0; received < answers; ) {
            if (underWay.size() < DEPTH) {
                send(client, random);
            } else {
                acknowledge(client.receive());
                received++;
            }
        }
    }

    private void send(NbdClient client, Random random) throws IOException {
        int sectors = 1 + (random.nextInt(256) >>> random.nextInt(8));
        int sector = random.nextInt(SECTORS - sectors);
        for (Write other : underWay.values()) {
            if (sector < other.sector + other.sectors && other.sector < sector + sectors) {
                return; // which of two at once comes last, nobody knows
            }
        }
        boolean zero = random.nextInt(6) == 0;
        Write write = new Write(sector, sectors, zero ? 0 : nextValue++);
        int flags = random.nextInt(50) == 0 ? NbdClient.FUA : 0;
        long cookie = zero
                ? client.send(flags, NbdClient.WRITE_ZEROES, sector * 512L, sectors * 512L)
                : client.sendWrite(flags, sector * 512L, content(write));
        underWay.put(cookie, write);
    }

    private static ByteBuffer content(Write write) {
        ByteBuffer content = ByteBuffer.allocate(write.sectors * 512);
        while (content.hasRemaining()) {
            content.putLong(write.value);
        }
        return content.flip();
    }

    private void acknowledge(NbdClient.Completed completed) {
        assertEquals(0, completed.answer().errorCode);
        Write write = underWay.remove(completed.cookie());
        Arrays.fill(acknowledged, write.sector, write.sector + write.sectors, write.value);
    }

    /** Answers that were on the way when the server died count too. */
    private void takeLastAnswers(NbdClient client) {
        try {
            while (true) {
                acknowledge(client.receive());
            }
        } catch (IOException end) {
            assertTrue(underWay.size() <= DEPTH);
        }
    }

    private void assertAllIsThere(Path config) throws IOException {
        try (ImageService service = ImageService.configured(Optional.empty());
                BlockDevice device = service.open(config)) {
            Map<Integer, Long> maybe = new HashMap<>();
            for (Write write : underWay.values()) {
                for (int i = 0; i < write.sectors; i++) {
                    maybe.put(write.sector + i, write.value);
                }
            }
            ByteBuffer found = ByteBuffer.allocate(512);
            for (int sector = 0; sector < SECTORS; sector++) {
                device.read(sector * 512L, found.clear());
                long value = found.getLong(0);
                for (int at = 8; at < 512; at += 8) {
                    assertEquals(value, found.getLong(at), "sector " + sector + " is torn");
                }
                if (value != maybe.getOrDefault(sector, acknowledged[sector])) {
                    assertEquals(acknowledged[sector], value, "sector " + sector);
                }
                acknowledged[sector] = value;
            }
        }
        underWay.clear();
    }
}
