package io.overlaybd.tools;

import io.overlaybd.registry.ImageReference;
import io.overlaybd.registry.manifest.Annotations;
import io.overlaybd.registry.manifest.Descriptor;
import io.overlaybd.registry.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which layers of an image make up its block device. */
final class DeviceLayers {

    private DeviceLayers() {}

    /**
     * The layers, bottom first, without one that only holds a trace.
     *
     * @throws IOException if the image is of another kind, with the first layer that says so
     */
    static List<Descriptor> of(ImageReference image, Manifest manifest) throws IOException {
        List<Descriptor> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            String problem = problem(layer);
            if (problem != null) {
                throw new IOException(image + ": layer " + i + ": " + problem);
            }
            if (!"yes".equals(layer.annotations().get(Annotations.ACCELERATION_LAYER))) {
                layers.add(layer);
            }
        }
        if (layers.isEmpty()) {
            throw new IOException(image + ": has no layers");
        }
        return layers;
    }

    private static String problem(Descriptor layer) {
        String digest = layer.annotations().get(Annotations.BLOB_DIGEST);
        if (digest == null) {
            return "is no overlaybd layer: it has no annotation " + Annotations.BLOB_DIGEST
                    + "; convert the image to overlaybd first";
        }
        if (!digest.equals(layer.digest().toString())) {
            return Annotations.BLOB_DIGEST + ": expected " + layer.digest() + ", found another; build the image again";
        }
        String version = layer.annotations().getOrDefault(Annotations.VERSION, Annotations.NATIVE_VERSION);
        return version.equals(Annotations.NATIVE_VERSION)
                ? null
                : Annotations.VERSION + ": expected " + Annotations.NATIVE_VERSION + ", found " + version
                        + ", which this version cannot read; convert the image to overlaybd layers";
    }
}
