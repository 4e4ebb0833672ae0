package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.nbd.server.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fifty snapshots in a row while fio writes to the image and verifies what it reads. */
class SnapshotsUnderLoadTest {

    private static final int SNAPSHOTS = 50;
    private static final String SIZE = "16m";

    @TempDir
    Path folder;

    private final AtomicBoolean enough = new AtomicBoolean();
    private final List<Path> lowers = new ArrayList<>();
    private final List<String> sums = new ArrayList<>();
    private int port;

    @ParameterizedTest
    @EnumSource
    void loadSeesNoErrorAndSealedLayersNeverChange(Kind kind) throws Exception {
        WritableImage image = new WritableImage(folder, kind, 16 << 20);
        Path config = image.config("config.json", List.of(), 0);
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process server = start(config);
        ExecutorService load = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> rounds = load.submit(this::writeAndVerify);
            for (int i = 1; i <= SNAPSHOTS && !rounds.isDone(); i++) {
                snapshot(image, i);
            }
            enough.set(true);
            assertTrue(rounds.get() > 0);
            assertEquals(SNAPSHOTS, lowers.size());
            copy("before");
            server.destroy();
            assertEquals(0, server.waitFor());
        } finally {
            enough.set(true);
            load.shutdown();
            server.destroyForcibly();
        }
        for (int i = 0; i < SNAPSHOTS; i++) {
            assertEquals(sums.get(i), sha256(lowers.get(i)), "layer " + i);
        }
        Process again = start(config);
        try {
            copy("after");
            assertEquals(-1, Files.mismatch(folder.resolve("before"), folder.resolve("after")));
        } finally {
            again.destroyForcibly();
        }
    }

    private Process start(Path config) throws IOException {
        Path service = Files.writeString(
                folder.resolve("service.json"),
                "{\"serviceConfig\":{\"enable\":true,\"address\":\"http://127.0.0.1:" + port + "\"}}");
        Process server = JavaProcess.start(
                OverlaybdNbd.class,
                config.toString(),
                "--socket",
                folder.resolve("s").toString(),
                "--dev-id",
                "disk",
                "--service-config",
                service.toString());
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        assertTrue(out.readLine().startsWith("nbd+unix:"));
        return server;
    }

    private String uri() {
        return "nbd+unix:///?socket=" + folder.resolve("s");
    }

    private void snapshot(WritableImage image, int number) throws Exception {
        lowers.add(image.data(number - 1));
        Path next = image.config("next.json", lowers, number);
        URI uri = URI.create("http://127.0.0.1:" + port + "/snapshot?dev_id=disk&config=" + next);
        HttpRequest request =
                HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), () -> answer.headers().toString());
        sums.add(sha256(lowers.get(number - 1)));
    }

    /** Answers how often it did. */
    private int writeAndVerify() throws Exception {
        int rounds = 0;
        do {
            Programs.run(
                    folder,
                    "fio",
                    "--name=load",
                    "--ioengine=nbd",
                    "--uri=" + uri(),
                    "--rw=randrw",
                    "--bssplit=512/10:4k/60:64k/30",
                    "--size=" + SIZE,
                    "--io_size=64m",
                    "--iodepth=16",
                    "--serialize_overlap=1",
                    "--randseed=" + rounds,
                    "--verify=crc32c",
                    "--verify_fatal=1",
                    "--verify_backlog=128");
            rounds++;
        } while (!enough.get());
        return rounds;
    }

    private void copy(String to) throws Exception {
        Programs.run(folder, "nbdcopy", uri(), to);
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
