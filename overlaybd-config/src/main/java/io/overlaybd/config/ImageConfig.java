package io.overlaybd.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file of one device, {@code config.v1.json}:
 *
 * <pre>
 *  { "repoBlobUrl": "https://host/v2/repo/blobs",      needed if a layer is remote
 *    "lowers": [ { "file": path, "dir": path,          bottom first; the first place that has it counts
 *                  "digest": "sha256:...", "size": n,
 *                  "targetFile": path, "targetDigest": "sha256:...", "gzipIndex": path } ],
 *    "upper": { "index": path, "data": path, "target": path, "gzipIndex": path },
 *    "resultFile": path, "download": { ... },
 *    "accelerationLayer": bool,                        the last lower only holds a trace
 *    "recordTracePath": path }
 * </pre>
 *
 * Paths are taken verbatim; relative ones start at the working directory of the process. Immutable.
 *
 * @param repoBlobUrl without a trailing slash; empty if absent
 * @param lowers the layers of the stack, bottom first, without the acceleration layer
 * @param accelerationLayer the last lower, if it only holds a trace
 * @param upper the writable layer, if both its files are given
 * @param download absent if the file says nothing, so that the daemon's own setting counts
 */
public record ImageConfig(
        String repoBlobUrl,
        List<LayerSpec> lowers,
        Optional<LayerSpec> accelerationLayer,
        Optional<UpperSpec> upper,
        Optional<Path> resultFile,
        Optional<DownloadConfig> download,
        Optional<Path> recordTracePath) {

    /** Takes a copy of the list. */
    public ImageConfig {
        lowers = List.copyOf(lowers);
    }

    /** Without user, password and query of the URL. */
    @Override
    public String toString() {
        return "ImageConfig[repoBlobUrl=" + ShownUrl.of(repoBlobUrl) + ", lowers=" + lowers + ", accelerationLayer="
                + accelerationLayer + ", upper=" + upper + ", resultFile=" + resultFile + ", download=" + download
                + ", recordTracePath=" + recordTracePath + "]";
    }

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every problem of the file
     * @throws IOException if it cannot be read
     */
    public static Loaded<ImageConfig> read(Path file) throws IOException {
        return ConfigReader.read(file, ImageConfig::from);
    }

    /** Checks bytes that are there already. */
    public static Loaded<ImageConfig> parse(String resource, byte[] json) throws IOException {
        return ConfigReader.parse(resource, json, ImageConfig::from);
    }

    static ImageConfig from(ConfigObject root) {
        List<LayerSpec> layers = new ArrayList<>(layers(root));
        Optional<UpperSpec> upper = UpperSpec.from(root.object("upper"));
        Optional<LayerSpec> acceleration = Optional.empty();
        if (root.bool("accelerationLayer", false) && !layers.isEmpty()) {
            acceleration = Optional.of(layers.remove(layers.size() - 1));
        }
        Optional<Path> trace = root.path("recordTracePath");
        if (acceleration.isPresent() && trace.isPresent()) {
            root.problem("recordTracePath", "cannot be used together with accelerationLayer; remove one of the two");
        }
        if (layers.isEmpty() && upper.isEmpty() && root.isSoundSoFar()) {
            root.problem("lowers", "expected at least one layer, or an upper, found none");
        }
        return new ImageConfig(
                repoBlobUrl(root, layers), layers, acceleration, upper, root.path("resultFile"), download(root), trace);
    }

    private static List<LayerSpec> layers(ConfigObject root) {
        return root.objects("lowers").stream().map(LayerSpec::from).toList();
    }

    private static String repoBlobUrl(ConfigObject root, List<LayerSpec> layers) {
        String url = root.string("repoBlobUrl", "").replaceAll("/+$", "");
        if (!url.isEmpty()) {
            checkUrl(root, url);
        }
        for (int i = 0; i < layers.size() && !root.isGiven("repoBlobUrl"); i++) {
            if (layers.get(i).needsRegistry()) {
                root.problem("repoBlobUrl", "missing, but needed for lowers[" + i + "], which is in a registry");
                break;
            }
        }
        return url;
    }

    /** The URL itself is not repeated: it may hold a password. */
    private static void checkUrl(ConfigObject root, String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null) {
                root.problem("repoBlobUrl", "expected http://<host>/... or https://<host>/..., found something else");
            }
        } catch (URISyntaxException e) {
            root.problem("repoBlobUrl", "not a URL: " + e.getReason() + " at character " + (e.getIndex() + 1));
        }
    }

    /** A member of whatever content, even {@code null}, is a decision of the image. */
    private static Optional<DownloadConfig> download(ConfigObject root) {
        if (!root.has("download")) {
            return Optional.empty();
        }
        return Optional.of(DownloadConfig.from(root.object("download")));
    }
}
