package io.overlaybd.service;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableOverlayDevice;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of one image while it is in use. A config tells what the image is to be afterwards: the lowers of now, on top of
 * them the data file of the upper of now, and a new, empty upper. The upper is sealed where it lies, the config takes the place of
 * the one in use, and the new upper takes the writes from then on.
 *
 * <p>The config in use always names an image that has all that was acknowledged: the new one takes its place, durably, when the
 * layer is sealed and before anything is written above it. Guarded by the monitor.
 */
final class LiveSnapshots {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSnapshots.class);

    private final Path configFile;
    private final BlockDevice device;
    private ImageConfig config;
    private boolean ended;

    /** Of the device that a config was opened as. */
    LiveSnapshots(Path configFile, ImageConfig config, BlockDevice device) {
        this.configFile = configFile;
        this.config = config;
        this.device = device;
    }

    /** As {@link ImageService#snapshot}. */
    synchronized void take(Path newConfigFile) throws IOException {
        if (ended) {
            throw new IOException(configFile + ": the image is closed");
        }
        if (!(device instanceof WritableOverlayDevice writable)) {
            throw new IOException(configFile + ": the image is read-only: it has no upper of which to take a snapshot");
        }
        Loaded<ImageConfig> loaded = ImageConfig.read(newConfigFile);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", newConfigFile, warning));
        new SnapshotCheck(config, newConfigFile, loaded.config()).check();
        WritableLayer newUpper = new UpperOpener(newConfigFile.toString()).open(loaded.config());
        boolean done = false;
        try {
            writable.restack(newUpper, () -> replaceConfig(newConfigFile));
            done = true;
        } catch (IllegalArgumentException e) {
            throw new IOException(newConfigFile + ": upper: " + e.getMessage(), e);
        } finally {
            if (!done) {
                newUpper.close();
            }
        }
        config = loaded.config();
        LOG.info("{}: snapshot taken, {} lowers", configFile, config.lowers().size());
    }

    private void replaceConfig(Path newConfigFile) throws IOException {
        sync(newConfigFile);
        if (!Files.isSameFile(newConfigFile, configFile)) {
            move(newConfigFile);
        }
        Path folder = configFile.toAbsolutePath().getParent();
        try {
            sync(folder);
        } catch (IOException e) {
            LOG.error(
                    "{}: a power loss may bring the config of before the snapshot back: {}", configFile, e.toString());
        }
    }

    private void move(Path newConfigFile) throws IOException {
        try {
            Files.move(newConfigFile, configFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(
                    newConfigFile + ": cannot take the place of " + configFile + ": " + e
                            + "; both have to be on one file system",
                    e);
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            file.force(true);
        }
    }

    /** There will be no more; answers whether this is news. */
    synchronized boolean end() {
        boolean before = ended;
        ended = true;
        return !before;
    }
}
