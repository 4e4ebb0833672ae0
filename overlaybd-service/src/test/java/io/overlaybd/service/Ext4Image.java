package io.overlaybd.service;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.FileSource;
import io.overlaybd.registry.BlobUploader;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Descriptor;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.manifest.ImageConfig;
import io.overlaybd.registry.manifest.Manifest;
import io.overlaybd.registry.manifest.MediaTypes;
import io.overlaybd.registry.manifest.Platform;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file system of three layers that the original wrote. */
final class Ext4Image {

    static final String TAG = "v1";
    private static final List<String> FILES = List.of("l1.lz4.tar", "l2.zstd.tar", "l3.lsmt");

    private Ext4Image() {}

    /** The checksum of the device. */
    static String sha256() throws IOException {
        return Files.readString(Vectors.path("ext4/l3.flat.sha256")).substring(0, 64);
    }

    /** The layers as they are, the lowest first. */
    static byte[][] blobs() throws IOException {
        byte[][] blobs = new byte[FILES.size()][];
        for (int i = 0; i < blobs.length; i++) {
            blobs[i] = Files.readAllBytes(Vectors.path("ext4/" + FILES.get(i)));
        }
        return blobs;
    }

    static long blobBytes() throws IOException {
        long bytes = 0;
        for (byte[] blob : blobs()) {
            bytes += blob.length;
        }
        return bytes;
    }

    /** Pushes layers, configuration and manifest. */
    static void push(RegistryClient client, Repository repository) throws IOException {
        BlobUploader uploader = client.uploader(repository);
        List<Descriptor> layers = new ArrayList<>();
        for (String file : FILES) {
            try (BlobSource layer = FileSource.open(Vectors.path("ext4/" + file))) {
                Digest digest = Digest.of(layer);
                uploader.upload(layer, digest);
                layers.add(Descriptor.nativeLayer(MediaTypes.OCI, digest, layer.sizeBytes(), Optional.empty()));
            }
        }
        List<Digest> digests = layers.stream().map(Descriptor::digest).toList();
        byte[] config = ImageConfig.of(Platform.linux("amd64"), digests).toJson();
        uploader.upload(new MemorySource("config", config), Digest.of(config));
        Descriptor about = Descriptor.of(MediaTypes.OCI.config(), Digest.of(config), config.length);
        byte[] manifest = Manifest.of(MediaTypes.OCI, about, layers).toJson();
        client.manifests(repository).put(TAG, MediaTypes.OCI.manifest(), manifest);
    }
}
