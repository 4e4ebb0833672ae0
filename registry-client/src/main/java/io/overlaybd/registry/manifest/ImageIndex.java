package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** One image for several platforms: a list of manifests. Immutable. */
@JsonPropertyOrder({"schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations"})
public record ImageIndex(
        @JsonInclude(JsonInclude.Include.ALWAYS) int schemaVersion,
        String mediaType,
        String artifactType,
        @JsonInclude(JsonInclude.Include.ALWAYS) List<Descriptor> manifests,
        Descriptor subject,
        SortedMap<String, String> annotations) {

    private static final int SCHEMA_VERSION = 2;

    /** Checks what cannot be; absent lists are empty. */
    @JsonCreator
    public ImageIndex {
        if (schemaVersion != SCHEMA_VERSION || manifests == null) {
            throw new IllegalArgumentException("expected schemaVersion 2 and manifests: not an index");
        }
        mediaType = mediaType == null ? "" : mediaType;
        artifactType = artifactType == null ? "" : artifactType;
        manifests = List.copyOf(manifests);
        annotations = Descriptor.sorted(annotations);
    }

    /** Reads an index; {@code what} names it in messages. */
    public static ImageIndex parse(String what, byte[] json) throws IOException {
        return Json.read(what, json, ImageIndex.class);
    }

    /** The first manifest that runs on a platform. Those that say no platform are attestations and the like. */
    public Optional<Descriptor> select(Platform wanted) {
        return manifests.stream()
                .filter(manifest ->
                        manifest.platform() != null && manifest.platform().fits(wanted))
                .findFirst();
    }

    /** The bytes that its digest is of. */
    public byte[] toJson() {
        return Json.write(this);
    }
}
