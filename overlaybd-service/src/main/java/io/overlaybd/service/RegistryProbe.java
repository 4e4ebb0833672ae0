package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.registry.RegistryBlob;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tries a registry as an image would read from it, without a cache. Stateless. */
public final class RegistryProbe {

    private static final int BYTES = 512;

    private RegistryProbe() {}

    /**
     * Reads the first bytes of a blob.
     *
     * @param repoBlobUrl as in an image config
     * @return how long the blob is, in bytes
     * @throws IOException with what went wrong, and what to look at, without secrets
     */
    public static long readBeginning(GlobalConfig config, String repoBlobUrl, String digest) throws IOException {
        Repository repository;
        try {
            repository = Repository.ofBlobsUrl(repoBlobUrl);
        } catch (IllegalArgumentException e) {
            throw new IOException("repoBlobUrl: " + e.getMessage(), e);
        }
        try (RegistryClient client =
                        RegistryClient.open(RemoteSettings.of(config).registry().get());
                RegistryBlob blob = client.blob(repository, Digest.parse(digest), -1)) {
            return blob.fetch(0, ByteBuffer.allocateDirect(BYTES));
        }
    }
}
