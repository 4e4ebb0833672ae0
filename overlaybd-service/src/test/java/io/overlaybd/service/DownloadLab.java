package io.overlaybd.service;

import io.overlaybd.config.DownloadConfig;
import io.overlaybd.service.download.DownloadListener;
import io.overlaybd.service.download.DownloadSettings;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.service.download.DownloadStatus;
import io.overlaybd.service.download.Downloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** Downloads that begin at once and pause for milliseconds, and what became of them. Thread-safe. */
final class DownloadLab implements DownloadListener {

    static final int BLOCK_BYTES = 64 << 10;
    static final int ATTEMPTS = 3;

    private static final String DIGEST = "{\"digest\"";

    private final List<DownloadStatus> steps = new ArrayList<>();
    private Duration longestYield = Duration.ofMillis(20);
    private long freeSpaceFloorBytes;
    private int maxMiBPerSecond;
    private boolean isEnabled = true;
    private BooleanSupplier mayBegin = () -> true;

    /** No downloads, unless an image says otherwise. */
    static Downloads off() {
        return new Downloads(config(false, 0), DownloadSettings.defaults());
    }

    private static DownloadConfig config(boolean enable, int maxMiBPerSecond) {
        return new DownloadConfig(enable, 0, 1, maxMiBPerSecond, ATTEMPTS, BLOCK_BYTES);
    }

    DownloadLab longestYield(Duration yield) {
        longestYield = yield;
        return this;
    }

    DownloadLab freeSpaceFloorBytes(long bytes) {
        freeSpaceFloorBytes = bytes;
        return this;
    }

    DownloadLab maxMiBPerSecond(int rate) {
        maxMiBPerSecond = rate;
        return this;
    }

    DownloadLab disable() {
        isEnabled = false;
        return this;
    }

    /** Holds downloads until this is so. */
    DownloadLab beginWhen(BooleanSupplier condition) {
        mayBegin = condition;
        return this;
    }

    Downloads on() {
        Duration shortly = Duration.ofMillis(10);
        return new Downloads(
                config(isEnabled, maxMiBPerSecond),
                new DownloadSettings(
                        2, freeSpaceFloorBytes, shortly, shortly, shortly, longestYield, Duration.ofSeconds(20), this));
    }

    @Override
    public void changed(DownloadStatus status) {
        synchronized (this) {
            steps.add(status);
            notifyAll();
        }
        while (status.state() == DownloadState.RUNNING && !mayBegin.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** Waits until a download waits for readers; fails if one ends instead. */
    void awaitStandingBack() {
        while (Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .noneMatch(frame -> frame.getMethodName().equals("standBack"))) {
            Assertions.assertEquals(0, count(DownloadState.COMMITTED));
            Thread.onSpinWait();
        }
    }

    /** Waits until so many downloads have come to a state. */
    synchronized void await(DownloadState state, int times) throws InterruptedException {
        while (count(state) < times) {
            wait();
        }
    }

    synchronized long count(DownloadState state) {
        return steps.stream().filter(step -> step.state() == state).count();
    }

    /** Gives each layer of an image config a directory of its own, and answers these. */
    static List<Path> directories(Path config, Path parent) throws IOException {
        String text = Files.readString(config);
        List<Path> directories = new ArrayList<>();
        for (int at = text.indexOf(DIGEST); at >= 0; at = text.indexOf(DIGEST, at + 1)) {
            Path directory = Files.createDirectories(parent.resolve("layer" + directories.size()));
            directories.add(directory);
            text = text.substring(0, at) + "{\"dir\":\"" + directory + "\"," + text.substring(at + 1);
        }
        Files.writeString(config, text);
        return directories;
    }
}
