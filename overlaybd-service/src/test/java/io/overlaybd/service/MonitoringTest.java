package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.DeviceInfo;
import io.overlaybd.service.metrics.Exporter;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape tells of images of a real registry, after operations that are known. */
class MonitoringTest {

    private static final int UNIT_BYTES = 256 << 10;
    private static final int DATA_BYTES = 2 << 20;

    @TempDir
    Path folder;

    private DockerRegistry registry;
    private RemoteLab lab;
    private ImageService service;
    private Exporter exporter;

    @BeforeEach
    void start() throws IOException {
        registry = DockerRegistry.withPassword();
        lab = new RemoteLab(folder, registry);
        service = lab.service(UNIT_BYTES);
        exporter = Exporter.start(0, "/metrics", service.monitoring());
    }

    @AfterEach
    void stop() throws IOException {
        exporter.close();
        service.close();
        lab.close();
        registry.close();
    }

    private Path image() throws IOException {
        byte[] data = new byte[DATA_BYTES];
        new Random(1).nextBytes(data);
        int sectors = DATA_BYTES / BlockDevice.SECTOR_BYTES;
        return lab.image(
                Files.readAllBytes(LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, sectors, 0, data)));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private String scrape() throws IOException, InterruptedException {
        HttpResponse<String> page = get("/metrics");
        assertEquals(200, page.statusCode());
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                page.headers().firstValue("Content-Type").orElse(""));
        return page.body();
    }

    private static double value(String page, String sample) {
        Matcher line = Pattern.compile("^" + Pattern.quote(sample) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(page);
        assertTrue(line.find(), () -> "no " + sample);
        return Double.parseDouble(line.group(1));
    }

    private static PendingIo read(DeviceEntry entry, BlockDevice device, long offsetBytes) throws IOException {
        PendingIo io = entry.meter().begin(Kind.READ, System.nanoTime());
        io.start();
        device.read(offsetBytes, ByteBuffer.allocateDirect(4096));
        io.end(4096, false);
        return io;
    }

    @Test
    void scrapeTellsWhatColdAndWarmReadsCost() throws Exception {
        try (BlockDevice device = service.open(image());
                DeviceEntry entry = service.devices().enter(new DeviceInfo("a", "uio0", "c.json", ""))) {
            String before = scrape();
            read(entry, device, 0);
            String cold = scrape();
            String fetches = "overlaybd_cache_fetches_total";
            String blobs = "overlaybd_registry_requests_total{endpoint=\"blob\",status=\"2xx\"}";
            assertEquals(value(before, fetches), value(cold, fetches), "the first unit came with the opening");
            read(entry, device, 3 * UNIT_BYTES);
            String far = scrape();
            assertEquals(value(before, fetches) + 1, value(far, fetches));
            assertEquals(value(before, blobs) + 1, value(far, blobs));
            assertEquals(1, value(far, "overlaybd_device_remote_reads_total{device=\"a\"}"));
            read(entry, device, 3 * UNIT_BYTES);
            String warm = scrape();
            assertEquals(value(far, fetches), value(warm, fetches));
            assertEquals(value(far, "overlaybd_cache_hits_total") + 1, value(warm, "overlaybd_cache_hits_total"));
            assertEquals(3, value(warm, "overlaybd_device_operation_seconds_count{device=\"a\",operation=\"read\"}"));
            assertEquals(3 * 4096, value(warm, "overlaybd_bytes_total{operation=\"read\"}"));
        }
    }

    @Test
    void failuresOfTheRegistryAreCountedByStatus() throws Exception {
        try (BlockDevice device = service.open(image());
                DeviceEntry entry = service.devices().enter(new DeviceInfo("a", "uio0", "c.json", ""))) {
            lab.proxy.next(Request::isRanged, Fault.status(503), Fault.status(429));
            read(entry, device, 3 * UNIT_BYTES);
            String page = scrape();
            assertEquals(1, value(page, "overlaybd_registry_requests_total{endpoint=\"blob\",status=\"5xx\"}"));
            assertEquals(1, value(page, "overlaybd_registry_requests_total{endpoint=\"blob\",status=\"429\"}"));
            assertEquals(2, value(page, "overlaybd_registry_retries_total"));
        }
    }

    @Test
    void slowReadTellsWhereItsTimeWent() throws Exception {
        try (BlockDevice device = service.open(image());
                DeviceEntry entry = service.devices().enter(new DeviceInfo("a", "uio0", "c.json", ""))) {
            lab.proxy.latency(Duration.ofMillis(200));
            read(entry, device, 3 * UNIT_BYTES);
            var row = entry.meter().recent().last(1).get(0);
            assertTrue(row.micros(Stage.REGISTRY_FIRST_BYTE) >= 150_000, () -> "first byte: " + row);
            assertTrue(row.micros(Stage.DECOMPRESS) > 0, "decompressed");
            int sum = Arrays.stream(row.stageMicros()).sum();
            assertTrue(Math.abs(row.totalMicros() - sum) < 100, () -> sum + " of " + row.totalMicros());
            assertEquals(URI.create(lab.proxy.url()).getAuthority(), row.origin());
        }
    }

    @Test
    void operationsUnderWayAreSeen() throws Exception {
        try (DeviceEntry entry = service.devices().enter(new DeviceInfo("a", "uio0", "c.json", ""))) {
            entry.meter().begin(Kind.READ, System.nanoTime());
            PendingIo old = entry.meter().begin(Kind.WRITE, System.nanoTime() - 31_000_000_000L);
            String page = scrape();
            assertEquals(2, value(page, "overlaybd_device_in_flight{device=\"a\"}"));
            assertEquals(1, value(page, "overlaybd_device_hung{device=\"a\"}"));
            old.abandon();
            assertEquals(1, value(scrape(), "overlaybd_device_in_flight{device=\"a\"}"));
        }
    }

    @Test
    void originalMetricsHaveTheLabelsOfTheOriginal() throws Exception {
        try (BlockDevice device = service.open(image())) {
            device.read(0, ByteBuffer.allocateDirect(4096));
            String page = scrape();
            assertTrue(value(page, "OverlayBD_Count{node=\"download\",type=\"\"}") >= 2 * UNIT_BYTES);
            assertTrue(value(page, "OverlayBD_Count{node=\"pread\",type=\"\"}") > 0);
            for (String family : List.of("Read_Throughtput", "QPS", "MaxLatency")) {
                value(page, "OverlayBD_" + family + "{node=\"pread\",type=\"\",mode=\"\"}");
            }
        }
    }

    @Test
    void originalNamesCanBeLeftOut() throws IOException {
        for (boolean wanted : List.of(true, false)) {
            Path config = Files.writeString(
                    folder.resolve("overlaybd.json"), "{\"exporterConfig\": {\"originalNames\": " + wanted + "}}");
            try (ImageService own = ImageService.configured(Optional.of(config))) {
                String page = new String(own.monitoring().page(), StandardCharsets.UTF_8);
                assertEquals(wanted, page.contains("OverlayBD_"));
                assertTrue(page.contains("overlaybd_devices 0"), page);
            }
        }
    }

    @Test
    void probesTellWhatIsWaitedFor() throws Exception {
        assertEquals(200, get("/healthz").statusCode());
        assertEquals(503, get("/readyz").statusCode());
        service.monitoring().health().started(() -> List.of("uio3"));
        assertEquals("waiting for uio3\n", get("/readyz").body());
        service.monitoring().health().started(List::of);
        assertEquals(200, get("/readyz").statusCode());
        assertEquals(404, get("/").statusCode());
    }

    @Test
    void documentationHasExactlyTheMetricsThatAScrapeHas() throws Exception {
        try (DeviceEntry entry = service.devices().enter(new DeviceInfo("a", "uio0", "c.json", ""))) {
            Set<String> found = scrape().lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .map(line -> line.split(" ")[2] + " " + line.split(" ")[3])
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> documented = Files.readAllLines(Path.of("../docs/metrics.md")).stream()
                    .map(Pattern.compile("\\| `(\\w+)` \\| (counter|gauge|histogram) \\|.*")::matcher)
                    .filter(Matcher::matches)
                    .map(row -> row.group(1) + " " + row.group(2))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(documented, found);
            assertTrue(entry.isServing() || found.size() > 40);
        }
    }
}
