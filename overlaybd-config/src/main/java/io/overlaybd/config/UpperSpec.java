package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Optional;

/** The member {@code upper}: the writable layer. Immutable. */
public record UpperSpec(Path index, Path data, Optional<Path> target, Optional<Path> gzipIndex) {

    /** The upper, or nothing unless both its files are given. */
    static Optional<UpperSpec> from(ConfigObject object) {
        Optional<Path> index = object.path("index");
        Optional<Path> data = object.path("data");
        Optional<Path> target = object.path("target");
        Optional<Path> gzipIndex = object.path("gzipIndex");
        object.ignore("vsize");
        if (object.isGiven("index") != object.isGiven("data")) {
            object.warning("", "needs both index and data; without one of them the device is read-only");
        }
        if (index.isEmpty() || data.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UpperSpec(index.get(), data.get(), target, gzipIndex));
    }
}
