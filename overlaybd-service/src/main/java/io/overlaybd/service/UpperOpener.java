package io.overlaybd.service;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.config.UpperSpec;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableOverlayDevice;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the writable layer of an image and puts it on its lowers. Its files must be there: making them says how the layer keeps
 * what is written, which their headers tell from then on. Immutable.
 */
final class UpperOpener {

    private static final Logger LOG = LoggerFactory.getLogger(UpperOpener.class);

    private final String image;

    /** {@code image} is what messages call the image. */
    UpperOpener(String image) {
        this.image = image;
    }

    /** Takes {@code lowers} over if it returns; if it throws, the caller still owns them. */
    WritableOverlayDevice openOver(LayerStack lowers, ImageConfig config) throws IOException {
        WritableLayer upper = open(config);
        boolean done = false;
        try {
            WritableOverlayDevice device = WritableOverlayDevice.of(image, upper, lowers);
            done = true;
            return device;
        } finally {
            if (!done) {
                upper.close();
            }
        }
    }

    /** Opens the writable layer alone; on failure nothing stays open. */
    WritableLayer open(ImageConfig config) throws IOException {
        UpperSpec spec = config.upper().orElseThrow();
        if (spec.target().isPresent() || spec.gzipIndex().isPresent()) {
            throw failure(
                    "is a turboOCI layer (target), which this version cannot write; use one of data and index", null);
        }
        refuseLowerAsUpper(spec, config);
        try {
            WritableLayer upper = WritableLayer.open(spec.data(), spec.index());
            if (upper.droppedBytes() > 0) {
                LOG.warn(
                        "{}: upper: {} bytes at the end of {} were spoilt by a crash and are dropped: no flush had covered"
                                + " those writes",
                        image,
                        upper.droppedBytes(),
                        spec.index());
            }
            return upper;
        } catch (NoSuchFileException e) {
            throw failure(e.getMessage() + ": no such file; make both files with overlaybd-create", e);
        } catch (CorruptFormatException e) {
            throw failure(
                    e.getMessage() + "; restore both files from a backup, or make new ones with overlaybd-create", e);
        } catch (IOException e) {
            throw failure(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    /** A layer that others read must not change under them. */
    private void refuseLowerAsUpper(UpperSpec spec, ImageConfig config) throws IOException {
        for (int i = 0; i < config.lowers().size(); i++) {
            LayerSpec lower = config.lowers().get(i);
            for (Path file : lower.blob().candidates()) {
                if (Files.exists(file) && Files.exists(spec.data()) && Files.isSameFile(file, spec.data())) {
                    throw failure(
                            spec.data() + " is layer " + i + " of this image as well; make a new upper with"
                                    + " overlaybd-create",
                            null);
                }
            }
        }
    }

    private IOException failure(String what, IOException cause) {
        return new IOException(image + ": upper: " + what, cause);
    }
}
