package io.overlaybd.service;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens images. Thread-safe; images are independent of each other. */
public final class ImageService {

    private static final Logger LOG = LoggerFactory.getLogger(ImageService.class);

    private ImageService() {}

    /** A service for local layers. */
    public static ImageService create() {
        return new ImageService();
    }

    /**
     * Opens the image that a config file describes, read-only. The caller closes the device. What is odd but harmless in
     * the file is logged.
     *
     * @throws io.overlaybd.config.ConfigException with every problem of the file
     * @throws IOException if layers cannot be opened: the message tells of each, the first is the cause and the others
     *     are suppressed; nothing stays open
     */
    public BlockDevice open(Path configFile) throws IOException {
        Loaded<ImageConfig> loaded = ImageConfig.read(configFile);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", configFile, warning));
        ImageConfig config = loaded.config();
        if (config.upper().isPresent()) {
            throw new IOException(configFile + ": upper: writable images are not supported by this version;"
                    + " remove the upper to open the layers below it read-only");
        }
        LayerStack stack = new StackOpener(configFile.toString(), new LayerOpener()).open(config.lowers());
        return new OverlayDevice(configFile.toString(), stack);
    }
}
