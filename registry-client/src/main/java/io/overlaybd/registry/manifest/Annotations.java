package io.overlaybd.registry.manifest;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The annotations by which a layer says that it is an overlaybd one. */
public final class Annotations {

    private static final String PREFIX = "containerd.io/snapshot/overlaybd/";

    /** Digest of the blob. */
    public static final String BLOB_DIGEST = PREFIX + "blob-digest";

    /** Length of the blob in bytes, decimal. */
    public static final String BLOB_SIZE = PREFIX + "blob-size";

    /** The file system inside. */
    public static final String BLOB_FS_TYPE = PREFIX + "blob-fs-type";

    /** Version of the layer format. */
    public static final String VERSION = PREFIX + "version";

    /** {@code yes} for a layer that holds a trace, not data. */
    public static final String ACCELERATION_LAYER = PREFIX + "acceleration-layer";

    /** The version of native layers. */
    public static final String NATIVE_VERSION = "0.1.0";

    private Annotations() {}

    /** Those of a native layer; {@code fileSystem} is that on the device, as mount calls it, if it is known. */
    public static SortedMap<String, String> nativeLayer(Digest digest, long sizeBytes, Optional<String> fileSystem) {
        SortedMap<String, String> annotations = new TreeMap<>();
        annotations.put(BLOB_DIGEST, digest.toString());
        annotations.put(BLOB_SIZE, Long.toString(sizeBytes));
        annotations.put(VERSION, NATIVE_VERSION);
        fileSystem.ifPresent(type -> annotations.put(BLOB_FS_TYPE, type));
        return annotations;
    }
}
