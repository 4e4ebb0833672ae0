package io.overlaybd.nbd;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableLayer.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The files of writable images for tests: uppers are numbered. */
public record WritableImage(Path folder, Kind kind, long sizeBytes) {

    /** The data file of an upper. */
    public Path data(int number) {
        return folder.resolve("upper" + number + ".data");
    }

    /** The index file of an upper. */
    public Path index(int number) {
        return folder.resolve("upper" + number + ".index");
    }

    /** Makes an upper and a config of that name, in which it lies over the lowers. */
    public Path config(String name, List<Path> lowers, int upper) throws IOException {
        WritableLayer.create(kind, data(upper), index(upper), LayerIdentity.ofSize(sizeBytes))
                .close();
        String files =
                lowers.stream().map(lower -> "{\"file\":\"" + lower + "\"}").collect(Collectors.joining(","));
        return Files.writeString(
                folder.resolve(name),
                "{\"lowers\":[" + files + "],\"upper\":{\"data\":\"" + data(upper) + "\",\"index\":\"" + index(upper)
                        + "\"}}");
    }
}
