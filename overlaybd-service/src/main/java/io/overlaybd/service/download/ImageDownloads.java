package io.overlaybd.service.download;

import io.overlaybd.config.DownloadConfig;
import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the settings of one image make of downloads. Its layers begin together, some time after it was opened, and share its
 * rate. Thread-safe.
 */
public final class ImageDownloads {

    private static final int MIN_BLOCK_BYTES = 4096;
    private static final int MAX_BLOCK_BYTES = 4 << 20;

    private final Downloads downloads;
    private final DownloadConfig config;
    private final Throttle throttle;
    private final long startNanos;

    ImageDownloads(Downloads downloads, DownloadConfig config) {
        this.downloads = downloads;
        this.config = config;
        this.throttle = new Throttle(bytesPerSecond(config), System::nanoTime);
        int extra = ThreadLocalRandom.current().nextInt(Math.max(1, config.delayExtraSeconds()));
        Duration delay = Duration.ofSeconds(Math.max(0, config.delaySeconds())).plusSeconds(extra);
        this.startNanos = System.nanoTime() + delay.toNanos();
    }

    static long bytesPerSecond(DownloadConfig config) {
        return (long) config.maxMiBPerSecond() << 20;
    }

    /**
     * Opens a blob through the cache; if it has a directory and the settings say so, it is downloaded there later, and reads go to
     * the file from then on.
     */
    public BlobSource open(RemoteBlob blob, Optional<Path> directory) throws IOException {
        return open(blob, directory, false);
    }

    /** {@link #open} where the file in the directory, if there is one, turned out to be damaged: it is replaced. */
    public BlobSource openInsteadOfFile(RemoteBlob blob, Optional<Path> directory) throws IOException {
        return open(blob, directory, true);
    }

    private BlobSource open(RemoteBlob blob, Optional<Path> directory, boolean isDamaged) throws IOException {
        BlobSource remote = blob.open();
        if (directory.isEmpty() || !isEnabled() && !isDamaged) {
            return remote;
        }
        SwitchingSource source = SwitchingSource.remote(this, blob, key(directory.get()), remote);
        if (isDamaged) {
            downloads.repair(source);
        } else {
            downloads.follow(source);
        }
        return source;
    }

    /**
     * A file that is said to have the bytes of a blob; should it fail, reads go through the cache, and the file is fetched anew if
     * the settings say so. Takes over {@code file} unless it throws.
     */
    public BlobSource withBlobBehind(BlobSource file, RemoteBlob blob, Optional<Path> directory) throws IOException {
        return SwitchingSource.local(this, blob, directory.map(ImageDownloads::key), file);
    }

    private static Path key(Path directory) {
        return directory.toAbsolutePath().normalize();
    }

    Downloads downloads() {
        return downloads;
    }

    boolean isEnabled() {
        return config.enable();
    }

    Throttle throttle() {
        return throttle;
    }

    int attempts() {
        return config.attempts();
    }

    /** Of one request; bounded, since it is memory. */
    int blockBytes() {
        return (int) Math.max(MIN_BLOCK_BYTES, Math.min(MAX_BLOCK_BYTES, config.blockSizeBytes()));
    }

    Duration delay() {
        return Duration.ofNanos(Math.max(0, startNanos - System.nanoTime()));
    }
}
