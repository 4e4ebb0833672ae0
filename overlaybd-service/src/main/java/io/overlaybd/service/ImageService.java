package io.overlaybd.service;

import io.overlaybd.cache.BlobCache;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.config.ReadRetryConfig;
import io.overlaybd.config.ServiceConfig;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.download.DownloadMetrics;
import io.overlaybd.service.download.DownloadSettings;
import io.overlaybd.service.download.Downloads;
import io.overlaybd.service.metrics.DeviceMeters;
import io.overlaybd.service.metrics.Metrics;
import io.overlaybd.service.metrics.OriginalSamples;
import io.overlaybd.service.metrics.RemoteFlows;
import io.overlaybd.service.prefetch.PrefetchCounters;
import io.overlaybd.service.prefetch.PrefetchMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

    private static final int DEFAULT_PREFETCH = 16;

    private final RemoteBlobs remote;
    private final Downloads downloads;
    private final ReadRetryConfig readRetry;
    private final PrefetchCounters prefetch = new PrefetchCounters();
    private final ImageOpener opener;
    private final Optional<String> apiAddress;
    private final OpenImages images = new OpenImages();
    private final DeviceMeters devices = new DeviceMeters();
    private final Metrics monitoring;

    private ImageService(
            RemoteSettings settings,
            Downloads downloads,
            ReadRetryConfig readRetry,
            int prefetchConcurrency,
            Optional<String> apiAddress,
            boolean originalNames) {
        RemoteFlows flows = new RemoteFlows();
        this.remote = new RemoteBlobs(settings, downloads.foreground(), flows);
        this.downloads = downloads;
        this.readRetry = readRetry;
        this.opener = new ImageOpener(remote, downloads, prefetchConcurrency, prefetch);
        this.apiAddress = apiAddress;
        this.monitoring = new Metrics(devices, remote::remoteMetrics);
        if (originalNames) {
            monitoring.add(new OriginalSamples(flows));
        }
        monitoring.add(new DownloadSamples(downloads::metrics));
        monitoring.add(new PrefetchSamples(this::prefetchMetrics));
    }

    /**
     * A service as a configuration wants it.
     *
     * @throws IOException if the configuration wants what this version does not have, or names files that cannot be used
     */
    public static ImageService open(GlobalConfig config) throws IOException {
        ServiceConfig api = config.service();
        return new ImageService(
                RemoteSettings.of(config),
                new Downloads(config.download(), DownloadSettings.defaults()),
                config.readRetry(),
                config.prefetch().concurrency(),
                api.enable() ? Optional.of(api.address()) : Optional.empty(),
                config.exporter().originalNames());
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
    static ImageService open(RemoteSettings settings, Downloads downloads) {
        return new ImageService(settings, downloads, ReadRetryConfig.DEFAULT, DEFAULT_PREFETCH, Optional.empty(), true);
    }

    /**
     * Gets ready for images of registries, on a thread that nobody waits for: what the VM loads for them, above all the
     * certificates it trusts, would else be loaded when the first one is opened. Asks nobody and writes nothing. What is wrong is
     * left for that image to tell.
     */
    public void prepare() {
        try {
            remote.prepare();
            LOG.info("prepared for images of registries");
        } catch (IOException e) {
            LOG.info("not prepared for images of registries: {}", e.getMessage());
        }
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
        return open(configFile, "");
    }

    /**
     * {@link #open(Path)} under a device id, by which {@link #snapshot} finds the image until the device is closed; an empty id
     * is none.
     *
     * @throws DuplicateDeviceException if an open image has that id
     */
    public BlockDevice open(Path configFile, String devId) throws IOException {
        Loaded<ImageConfig> loaded = ImageConfig.read(configFile);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", configFile, warning));
        ResultFile result = new ResultFile(configFile, loaded.config().resultFile());
        try {
            BlockDevice device = devId.isEmpty()
                    ? opener.open(configFile.toString(), loaded.config())
                    : openUnderId(configFile, loaded.config(), devId);
            result.succeeded();
            return device;
        } catch (IOException | RuntimeException e) {
            result.failed(e);
            throw e;
        }
    }

    /**
     * {@link #open(Path, String)} for a disk that a file system is mounted on: where its registry fails once it is open, reads are
     * tried again until that is mended, for as long as {@code readRetry} of the configuration says.
     *
     * @param usual for how long, if the configuration leaves that to the frontend
     */
    public BlockDevice openPatiently(Path configFile, String devId, Duration usual) throws IOException {
        Duration limit = readRetry.patience(usual);
        BlockDevice device = open(configFile, devId);
        return limit.isZero() ? device : new PatientDevice(device, new Patience(limit, readRetry.refused()));
    }

    private BlockDevice openUnderId(Path configFile, ImageConfig config, String devId) throws IOException {
        images.reserve(devId);
        boolean done = false;
        try {
            BlockDevice device = opener.open(configFile.toString(), config);
            OpenImage image = new OpenImage(devId, images, device, new LiveSnapshots(configFile, config, device));
            images.opened(devId, image);
            done = true;
            return image;
        } finally {
            if (!done) {
                images.release(devId);
            }
        }
    }

    /**
     * Takes a snapshot of a writable image while it is in use: its upper is sealed where it lies and becomes the top of its
     * lowers, and a new upper takes the writes. {@code newConfigFile} says what the image is then (the lowers of now, the data file
     * of the upper of now as one more on top, and the new upper, whose files are empty layers of the same kind) and takes the
     * place of the config that the image was opened with.
     *
     * @throws UnknownDeviceException if no open image has that id
     * @throws IOException if there was no snapshot: the image goes on as before, with the config of before
     */
    public void snapshot(String devId, Path newConfigFile) throws IOException {
        images.find(devId).snapshot(newConfigFile);
    }

    /** The URL at which the configuration wants the HTTP service, see {@code api}; empty if it does not. */
    public Optional<String> apiAddress() {
        return apiAddress;
    }

    /**
     * Takes from a configuration what may change while images are open: credentials, the size of the cache, and
     * for images that are opened later, downloads.
     *
     * @throws IOException as {@link #open(GlobalConfig)}; nothing changes then
     */
    void reconfigure(GlobalConfig config) throws IOException {
        remote.reconfigure(RemoteSettings.of(config));
        downloads.setDefaults(config.download());
    }

    /** What serves the images enters its devices here, so that they can be seen. */
    public DeviceMeters devices() {
        return devices;
    }

    /** All metrics, for whoever shows them or has more of them. */
    public Metrics monitoring() {
        return monitoring;
    }

    /** What all images together cost since the service was opened. */
    public ServiceMetrics metrics() {
        return remote.metrics();
    }

    /** What is cached now. The cache itself comes into being with the first remote layer. */
    public CacheUsage cacheUsage() {
        Optional<BlobCache> cache = remote.cache();
        return new CacheUsage(
                cache.map(BlobCache::blobs).orElse(0),
                cache.map(BlobCache::usedBytes).orElse(0L),
                remote.cacheLimitBytes());
    }

    /** Bytes that are cached of a blob, {@code sha256:...}, in the space they take. */
    public long cachedBytes(String digest) throws IOException {
        Optional<BlobCache> cache = remote.cache();
        return cache.isPresent() ? cache.get().usedBytes(digest) : 0;
    }

    /** Gives up what is cached, of open images too if so wanted; answers how many bytes that freed. */
    public long clearCache(boolean inUse) {
        return remote.cache().map(cache -> cache.clear(inUse)).orElse(0L);
    }

    /** What was fetched for traces since the service was opened. */
    public PrefetchMetrics prefetchMetrics() {
        return prefetch.snapshot();
    }

    /** What was downloaded since the service was opened, and what will be. */
    public DownloadMetrics downloads() {
        return downloads.metrics();
    }

    /** Closes what remote layers share; reads of them that are under way end with an {@link IOException}. Idempotent. */
    @Override
    public void close() {
        downloads.close();
        remote.close();
    }
}
