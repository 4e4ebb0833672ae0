package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Descriptor;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.manifest.ImageConfig;
import io.overlaybd.registry.manifest.ImageIndex;
import io.overlaybd.registry.manifest.Json;
import io.overlaybd.registry.manifest.Manifest;
import io.overlaybd.registry.manifest.MediaTypes;
import io.overlaybd.registry.manifest.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Gets and puts the manifests and configurations of one repository. Thread-safe. */
public final class ManifestStore {

    /**
     * A manifest as it came.
     *
     * @param mediaType what it is
     * @param digest its address, verified
     * @param json its bytes
     */
    public record Fetched(String mediaType, Digest digest, byte[] json) {}

    /**
     * The manifest of one platform.
     *
     * @param digest its address
     * @param manifest its content
     */
    public record Resolved(Digest digest, Manifest manifest) {}

    private final Caller caller;
    private final Repository repository;

    ManifestStore(Caller caller, Repository repository) {
        this.caller = caller;
        this.repository = repository;
    }

    /** A manifest or an index, by tag or digest. */
    public Fetched get(String reference) throws IOException {
        return caller.call(Access.pull(repository), new ManifestGet(repository.manifest(reference), reference));
    }

    /** The manifest of an image for a platform; where there is only one for all, that one. */
    public Resolved resolve(String reference, Platform platform) throws IOException {
        Fetched fetched = get(reference);
        if (MediaTypes.isIndex(fetched.mediaType())) {
            Descriptor selected = ImageIndex.parse(name(reference), fetched.json())
                    .select(platform)
                    .orElseThrow(() -> failure(
                            reference,
                            Kind.NOT_FOUND,
                            "no manifest for " + platform.os() + "/" + platform.architecture() + " in the index"));
            fetched = get(selected.digest().toString());
        }
        return new Resolved(fetched.digest(), Manifest.parse(name(reference), fetched.json()));
    }

    /** The configuration of an image; its digest is verified. */
    public ImageConfig config(Manifest manifest) throws IOException {
        Descriptor config = manifest.config();
        String digest = config.digest().toString();
        if (config.size() > Json.MAX_BYTES) {
            throw failure(digest, Kind.PROTOCOL, "a configuration of " + config.size() + " bytes");
        }
        ByteBuffer json = ByteBuffer.allocate((int) config.size());
        RegistryBlob blob = new RegistryBlob(caller, repository, config.digest(), config.size(), BlobRoutes.none());
        long total = blob.fetch(0, json);
        if (total != config.size()
                || !config.digest().isSum(config.digest().hasher().digest(json.array()))) {
            throw failure(digest, Kind.PROTOCOL, "the configuration is not what its digest says");
        }
        return ImageConfig.parse(blob.name(), json.array());
    }

    /**
     * Puts a manifest or an index.
     *
     * @param reference a tag, or the digest
     * @return its address
     */
    public Digest put(String reference, String mediaType, byte[] json) throws IOException {
        Digest digest = Digest.of(json);
        boolean byDigest = reference.indexOf(':') >= 0;
        if (byDigest && !reference.equals(digest.toString())) {
            throw new IllegalArgumentException("manifest: expected " + reference + ", found " + digest);
        }
        return caller.call(
                Access.push(repository),
                new ManifestPut(repository.manifest(reference), mediaType, Arrays.copyOf(json, json.length), digest));
    }

    private String name(String reference) {
        return Origins.display(repository.manifest(reference));
    }

    private RegistryException failure(String reference, Kind kind, String problem) {
        Purpose purpose = new Purpose("use it", repository.manifest(reference), "");
        return FailedAttempt.last(kind, 0, problem).toException(purpose, 1);
    }
}
