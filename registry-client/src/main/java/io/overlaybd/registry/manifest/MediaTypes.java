package io.overlaybd.registry.manifest;

import java.util.List;

/** The names of what a registry stores, in the words of Docker and of OCI. */
public enum MediaTypes {
    /** {@code application/vnd.docker...}. */
    DOCKER(
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.container.image.v1+json",
            "application/vnd.docker.image.rootfs.diff.tar",
            "application/vnd.docker.image.rootfs.diff.tar.gzip"),
    /** {@code application/vnd.oci...}. */
    OCI(
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.v1.tar+gzip");

    /** What an image manifest says of itself if it is a native overlaybd image that refers to its source. */
    public static final String ARTIFACT_NATIVE = "application/vnd.containerd.overlaybd.native.v1+json";

    private final String manifest;
    private final String index;
    private final String config;
    private final String layer;
    private final String gzipLayer;

    MediaTypes(String manifest, String index, String config, String layer, String gzipLayer) {
        this.manifest = manifest;
        this.index = index;
        this.config = config;
        this.layer = layer;
        this.gzipLayer = gzipLayer;
    }

    /** Of a manifest. */
    public String manifest() {
        return manifest;
    }

    /** Of an index of manifests. */
    public String index() {
        return index;
    }

    /** Of a configuration. */
    public String config() {
        return config;
    }

    /** Of a layer that is a plain tar, as every native overlaybd layer is. */
    public String layer() {
        return layer;
    }

    /** Of a layer that is a gzipped tar. */
    public String gzipLayer() {
        return gzipLayer;
    }

    /** All that a manifest may come as, the most wanted first. */
    public static List<String> acceptedManifests() {
        return List.of(OCI.manifest, OCI.index, DOCKER.manifest, DOCKER.index);
    }

    /** Whether this names an index. */
    public static boolean isIndex(String mediaType) {
        return OCI.index.equals(mediaType) || DOCKER.index.equals(mediaType);
    }

    /** Whether this names an image manifest. */
    public static boolean isManifest(String mediaType) {
        return OCI.manifest.equals(mediaType) || DOCKER.manifest.equals(mediaType);
    }
}
