package io.overlaybd.tools;

import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The image config, {@code config.v1.json}, of layers that are in a registry. */
final class DeviceConfig {

    private DeviceConfig() {}

    /** Writes the file and finishes it. */
    static void write(Target target, Repository repository, List<Descriptor> layers) throws IOException {
        target.sink().write(ByteBuffer.wrap(json(repository, layers).getBytes(StandardCharsets.UTF_8)));
        target.sink().finish();
    }

    /** Neither URL nor digest can hold a character that JSON would want escaped. */
    private static String json(Repository repository, List<Descriptor> layers) {
        String lowers = layers.stream()
                .map(layer -> "    { \"digest\": \"%s\", \"size\": %d }".formatted(layer.digest(), layer.size()))
                .collect(Collectors.joining(",\n"));
        return """
                {
                  "repoBlobUrl": "%s/blobs",
                  "lowers": [
                %s
                  ]
                }
                """.formatted(repository, lowers);
    }
}
