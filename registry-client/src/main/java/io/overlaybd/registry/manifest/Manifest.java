package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/**
 * One image: its configuration and its layers, the lowest first. Immutable.
 *
 * <pre>
 * { "schemaVersion": 2, "mediaType": M, "artifactType"?: A, "config": DESCRIPTOR, "layers": [DESCRIPTOR...],
 *   "subject"?: DESCRIPTOR, "annotations"?: {...} }
 * </pre>
 */
@JsonPropertyOrder({"schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"})
public record Manifest(
        @JsonInclude(JsonInclude.Include.ALWAYS) int schemaVersion,
        String mediaType,
        String artifactType,
        Descriptor config,
        @JsonInclude(JsonInclude.Include.ALWAYS) List<Descriptor> layers,
        Descriptor subject,
        SortedMap<String, String> annotations) {

    private static final int SCHEMA_VERSION = 2;

    /** Checks what cannot be; absent lists are empty. */
    @JsonCreator
    public Manifest {
        if (schemaVersion != SCHEMA_VERSION) {
            throw new IllegalArgumentException("schemaVersion: expected 2, found " + schemaVersion);
        }
        if (config == null || layers == null) {
            throw new IllegalArgumentException("expected config and layers: not the manifest of an image");
        }
        mediaType = mediaType == null ? "" : mediaType;
        artifactType = artifactType == null ? "" : artifactType;
        layers = List.copyOf(layers);
        annotations = Descriptor.sorted(annotations);
    }

    /** A manifest with no more than it must have. */
    public static Manifest of(MediaTypes types, Descriptor config, List<Descriptor> layers) {
        return new Manifest(SCHEMA_VERSION, types.manifest(), null, config, layers, null, null);
    }

    /** Reads a manifest; {@code what} names it in messages. */
    public static Manifest parse(String what, byte[] json) throws IOException {
        return Json.read(what, json, Manifest.class);
    }

    /** The bytes that its digest is of. */
    public byte[] toJson() {
        return Json.write(this);
    }
}
