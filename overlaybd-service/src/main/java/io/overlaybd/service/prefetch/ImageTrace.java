package io.overlaybd.service.prefetch;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.core.LayerStack;
import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an image does with a trace of its reads, as the file says that its config names:
 *
 * <pre>
 *  "recordTracePath": path                 no file           nothing
 *                                          an empty one      the reads of this opening are recorded into it
 *                                          a trace           it is replayed
 *                                          anything else     a list of files, see {@link FileList}: they are fetched
 *  "accelerationLayer": true               path is "trace" in the dir of the last lower; an empty one is nothing
 * </pre>
 *
 * A trace that cannot be used is no reason not to open an image: a warning says what is wrong with it.
 *
 * <p>Goes through the life of an image: {@link #over} for each layer while it is opened, {@link #opened} or {@link #close}, and
 * nothing more: it ends when the first layer is closed. Thread-safe.
 */
public interface ImageTrace {

    /** Neither recorded nor replayed. */
    ImageTrace NONE = new ImageTrace() {};

    /** The bytes of a layer, tar and compression taken off, as the layer shall read them; {@code layer} 0 is the bottom. */
    default BlobSource over(int layer, BlobSource bytes) {
        return bytes;
    }

    /** The image is open, with these layers. */
    default void opened(LayerStack lowers) {}

    /** The image could not be opened; nothing stays behind. Idempotent. */
    default void close() {}

    /** Whether reads are recorded. What fetches an image on its own account must not run then: a trace tells what a start needs. */
    default boolean isRecording() {
        return false;
    }

    /** Whether it is known what will be read, so that nothing else need be fetched. */
    default boolean isReplayed() {
        return false;
    }

    /**
     * What a config wants.
     *
     * @param image what messages call the image
     * @param concurrency how many requests a replay may have under way
     * @param counters what replays tell
     */
    static ImageTrace of(String image, ImageConfig config, int concurrency, PrefetchCounters counters) {
        boolean mayRecord = config.accelerationLayer().isEmpty();
        Optional<Path> file = mayRecord
                ? config.recordTracePath()
                : config.accelerationLayer().get().blob().dir().map(dir -> dir.resolve("trace"));
        try {
            return file.isPresent() && !config.lowers().isEmpty() && Files.isRegularFile(file.get())
                    ? TraceChoice.of(image, file.get(), mayRecord, concurrency, counters)
                    : NONE;
        } catch (IOException e) {
            Logger log = LoggerFactory.getLogger(ImageTrace.class);
            log.warn("{}: the trace cannot be used, nothing is fetched ahead: {}", image, e.toString());
            return NONE;
        }
    }
}
