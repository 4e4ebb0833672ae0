package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.io.BlockDevice;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens images. Owns what their remote layers share, a registry client and a cache of blobs; both come into being with the
 * first remote layer, so that local images need neither network nor cache directory. Thread-safe; images are independent of
 * each other.
 *
 * <p>Close the devices first: a remote layer cannot be read after its service was closed.
 */
public final class ImageService implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ImageService.class);

    private final RemoteBlobs remote;

    private ImageService(RemoteBlobs remote) {
        this.remote = remote;
    }

    /**
     * A service as a configuration wants it.
     *
     * @throws IOException if the configuration wants what this version does not have, or names files that cannot be used
     */
    public static ImageService open(GlobalConfig config) throws IOException {
        return open(RemoteSettings.of(config));
    }

    /**
     * A service as a file wants it; without one, as the file of the installation does; if there is none either, with the
     * built-in defaults. What is odd but harmless in the file is logged.
     *
     * @throws io.overlaybd.config.ConfigException with every problem of the file
     * @throws IOException as {@link #open(GlobalConfig)}, and if the file cannot be read
     */
    public static ImageService configured(Optional<Path> file) throws IOException {
        Path path = file.orElse(GlobalConfig.DEFAULT_FILE);
        Loaded<GlobalConfig> loaded = file.isPresent() ? GlobalConfig.read(path) : GlobalConfig.readIfExists(path);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", path, warning));
        try {
            return open(loaded.config());
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** {@link #open(GlobalConfig)} with settings that no configuration has a key for. */
    static ImageService open(RemoteSettings settings) {
        return new ImageService(new RemoteBlobs(settings));
    }

    /**
     * Opens the image that a config file describes: writable if it has an upper, whose files stay locked until the device
     * is closed or the process ends. The caller closes the device. What is odd but harmless in the file is logged; how it
     * went is told in the result file, if the config names one.
     *
     * @throws io.overlaybd.config.ConfigException with every problem of the file
     * @throws IOException if layers cannot be opened: the message tells of each, the first is the cause and the others
     *     are suppressed; or if the upper cannot; nothing stays open
     */
    public BlockDevice open(Path configFile) throws IOException {
        Loaded<ImageConfig> loaded = ImageConfig.read(configFile);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", configFile, warning));
        ResultFile result = new ResultFile(configFile, loaded.config().resultFile());
        try {
            BlockDevice device = open(configFile.toString(), loaded.config());
            result.succeeded();
            return device;
        } catch (IOException | RuntimeException e) {
            result.failed(e);
            throw e;
        }
    }

    private BlockDevice open(String name, ImageConfig config) throws IOException {
        LayerOpener opener = new LayerOpener(remote, config.repoBlobUrl());
        LayerStack lowers = new StackOpener(name, opener).open(config.lowers());
        if (config.upper().isEmpty()) {
            return new OverlayDevice(name, lowers);
        }
        boolean done = false;
        try {
            BlockDevice device = new UpperOpener(name).openOver(lowers, config);
            done = true;
            return device;
        } finally {
            if (!done) {
                lowers.close();
            }
        }
    }

    /** What all images together cost since the service was opened. */
    public ServiceMetrics metrics() {
        return remote.metrics();
    }

    /** Closes what remote layers share; reads of them that are under way end with an {@link IOException}. Idempotent. */
    @Override
    public void close() {
        remote.close();
    }
}
