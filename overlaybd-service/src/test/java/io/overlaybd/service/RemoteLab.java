package io.overlaybd.service;

import io.overlaybd.cache.CacheOptions;
import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.service.download.Downloads;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A registry behind a faulty proxy, images in it, and services that read them. Confined to its test. */
final class RemoteLab implements Closeable {

    static final String REPOSITORY = "team/app";
    static final Duration READ_TIMEOUT = Duration.ofMillis(1500);

    final FaultProxy proxy;
    final SkippingTime time = new SkippingTime();
    private final DockerRegistry registry;
    private final Path folder;
    private Duration readTimeout = READ_TIMEOUT;

    RemoteLab(Path folder, DockerRegistry registry) {
        this.folder = folder;
        this.registry = registry;
        this.proxy = FaultProxy.to(registry.address());
    }

    /** Waits for slow answers: for tests that count requests, where a machine under load must not cause one more. */
    RemoteLab patient() {
        readTimeout = Duration.ofSeconds(20);
        return this;
    }

    /** The config of an image whose layers, from the bottom, are these blobs, which are put into the registry. */
    Path image(byte[]... blobs) throws IOException {
        for (byte[] blob : blobs) {
            registry.storeBlob(REPOSITORY, blob);
        }
        return config(proxy.url(), blobs);
    }

    /** The config of an image of another registry. */
    Path config(String registryUrl, byte[]... blobs) throws IOException {
        String lowers = Stream.of(blobs)
                .map(blob -> "{\"digest\":\"" + Digest.of(blob) + "\",\"size\":" + blob.length + "}")
                .collect(Collectors.joining(","));
        return Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"repoBlobUrl\":\"" + registryUrl + "/v2/" + REPOSITORY + "/blobs\",\"lowers\":[" + lowers
                        + "],\"resultFile\":\"" + folder.resolve("result") + "\"}");
    }

    /** What the last opening wrote into the result file. */
    String result() throws IOException {
        return Files.readString(folder.resolve("result"));
    }

    Path cacheDirectory() {
        return folder.resolve("cache");
    }

    /** A service with refill units of this length that never waits for a retry. */
    ImageService service(int unitBytes) {
        return service(unitBytes, DownloadLab.off());
    }

    /** The same, with downloads. */
    ImageService service(int unitBytes, Downloads downloads) {
        return ImageService.open(settings(cacheDirectory(), unitBytes, time, readTimeout), downloads);
    }

    /** The same, whose requests wait for an answer for as long as a test needs to arrange something. */
    ImageService patientService(int unitBytes, Downloads downloads) {
        return ImageService.open(settings(cacheDirectory(), unitBytes, time, Duration.ofMinutes(1)), downloads);
    }

    static RemoteSettings settings(Path cache, int unitBytes, SkippingTime time) {
        return settings(cache, unitBytes, time, READ_TIMEOUT);
    }

    private static RemoteSettings settings(Path cache, int unitBytes, SkippingTime time, Duration readTimeout) {
        CacheOptions options =
                CacheOptions.defaults(cache).withRefillUnitBytes(unitBytes).withFreeSpaceFloorBytes(0);
        ReplaceableCredentials credentials = new ReplaceableCredentials(alice());
        return new RemoteSettings(
                credentials,
                () -> RegistryOptions.builder()
                        .proxies(Map.of())
                        .credentials(credentials)
                        .timeouts(Duration.ofSeconds(5), readTimeout)
                        .time(time)
                        .build(),
                options);
    }

    private static CredentialProvider alice() {
        return new CredentialProvider() {
            @Override
            public String name() {
                return "cred.json";
            }

            @Override
            public Credentials find(CredentialQuery query) {
                return Credentials.password(DockerRegistry.USER, DockerRegistry.PASSWORD);
            }
        };
    }

    @Override
    public void close() {
        proxy.close();
    }
}
