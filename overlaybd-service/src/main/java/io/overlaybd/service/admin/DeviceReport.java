package io.overlaybd.service.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.overlaybd.config.BlobSpec;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.service.ImageService;
import io.overlaybd.service.download.DownloadStatus;
import io.overlaybd.service.metrics.DeviceEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What is known of devices. Layers are told as the image's config has them now, and where they would be read from. Thread-safe. */
final class DeviceReport {

    private final ImageService images;

    DeviceReport(ImageService images) {
        this.images = images;
    }

    ObjectNode all() {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        ArrayNode devices = report.putArray("devices");
        images.devices().all().forEach(entry -> write(devices.addObject(), entry));
        return report;
    }

    private void write(ObjectNode node, DeviceEntry entry) {
        node.put("name", entry.info().name())
                .put("frontend", entry.info().frontend())
                .put("config", entry.info().config())
                .put("devId", entry.info().devId())
                .put("since", entry.since().toString())
                .put("serving", entry.isServing())
                .put("sizeBytes", entry.sizeBytes())
                .put("readOnly", entry.isReadOnly());
        writeActivity(node, entry.meter());
        try {
            writeImage(node, ImageConfig.read(Path.of(entry.info().config())).config());
        } catch (IOException | RuntimeException e) {
            node.put("problem", e.getMessage());
        }
    }

    private static void writeActivity(ObjectNode node, DeviceMeter meter) {
        Collection<PendingIo> pending = meter.pending();
        long oldestNanos = pending.stream().mapToLong(PendingIo::ageNanos).max().orElse(0);
        node.put("inFlight", pending.size()).put("oldestMillis", TimeUnit.NANOSECONDS.toMillis(oldestNanos));
        node.put("reads", meter.latencies(Kind.READ).count())
                .put("writes", meter.latencies(Kind.WRITE).count())
                .put("failedReads", meter.failures(Kind.READ))
                .put("failedWrites", meter.failures(Kind.WRITE));
    }

    private void writeImage(ObjectNode node, ImageConfig config) throws IOException {
        ArrayNode layers = node.putArray("layers");
        List<DownloadStatus> downloads = images.downloads().downloads();
        for (LayerSpec spec : config.lowers()) {
            writeLayer(layers.addObject(), spec.blob(), config.repoBlobUrl(), downloads);
        }
        config.upper()
                .ifPresent(upper -> node.putObject("upper")
                        .put("data", upper.data().toString())
                        .put("index", upper.index().toString()));
    }

    private void writeLayer(ObjectNode node, BlobSpec blob, String repository, List<DownloadStatus> downloads)
            throws IOException {
        Optional<Path> file = blob.candidates().stream().filter(Files::exists).findFirst();
        blob.digest().ifPresent(digest -> node.put("digest", digest.text()));
        if (blob.sizeBytes() > 0) {
            node.put("sizeBytes", blob.sizeBytes());
        }
        if (file.isPresent()) {
            node.put("source", "local").put("file", file.get().toString());
            return;
        }
        String digest = blob.digest().map(one -> one.text()).orElse("");
        long cachedBytes = digest.isEmpty() ? 0 : images.cachedBytes(digest);
        node.put("source", cachedBytes > 0 ? "cache" : "registry")
                .put("registry", repository)
                .put("cachedBytes", cachedBytes);
        downloads.stream()
                .filter(download -> download.digest().equals(digest))
                .findFirst()
                .ifPresent(download -> writeDownload(node.putObject("download"), download));
    }

    private static void writeDownload(ObjectNode node, DownloadStatus download) {
        node.put("state", download.state().name().toLowerCase(Locale.ROOT))
                .put("doneBytes", download.doneBytes())
                .put("totalBytes", download.totalBytes());
    }
}
