package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What something is, where it is and how long it is. Immutable.
 *
 * @param mediaType its kind
 * @param digest its address
 * @param size its length in bytes
 * @param urls where else it is
 * @param annotations what is said about it, by name
 * @param data its bytes in base64, if they are so few
 * @param platform what it runs on, null if that is not said
 * @param artifactType its kind, if it is more special
 */
@JsonPropertyOrder({"mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"})
public record Descriptor(
        @JsonInclude(JsonInclude.Include.ALWAYS) String mediaType,
        Digest digest,
        @JsonInclude(JsonInclude.Include.ALWAYS) long size,
        List<String> urls,
        SortedMap<String, String> annotations,
        String data,
        Platform platform,
        String artifactType) {

    /** Checks what cannot be; absent lists are empty. */
    @JsonCreator
    public Descriptor {
        if (digest == null || size < 0) {
            throw new IllegalArgumentException("descriptor without digest or with a length of " + size);
        }
        mediaType = mediaType == null ? "" : mediaType;
        urls = urls == null ? List.of() : List.copyOf(urls);
        annotations = sorted(annotations);
        data = data == null ? "" : data;
        artifactType = artifactType == null ? "" : artifactType;
    }

    /** A descriptor with no more than it must have. */
    public static Descriptor of(String mediaType, Digest digest, long sizeBytes) {
        return new Descriptor(mediaType, digest, sizeBytes, null, null, null, null, null);
    }

    /** A native overlaybd layer; see {@link Annotations#nativeLayer}. */
    public static Descriptor nativeLayer(MediaTypes types, Digest digest, long sizeBytes, Optional<String> fileSystem) {
        SortedMap<String, String> annotations = Annotations.nativeLayer(digest, sizeBytes, fileSystem);
        return new Descriptor(types.layer(), digest, sizeBytes, null, annotations, null, null, null);
    }

    static SortedMap<String, String> sorted(Map<String, String> map) {
        return Collections.unmodifiableSortedMap(map == null ? new TreeMap<>() : new TreeMap<>(map));
    }
}
