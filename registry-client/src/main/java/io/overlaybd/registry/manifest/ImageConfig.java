package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How an image is run, and what its layers are when unpacked. What the OCI specification does not know is dropped. */
@JsonPropertyOrder({
    "created",
    "author",
    "architecture",
    "os",
    "os.version",
    "os.features",
    "variant",
    "config",
    "rootfs",
    "history"
})
public record ImageConfig(
        String created,
        String author,
        @JsonInclude(JsonInclude.Include.ALWAYS) String architecture,
        @JsonInclude(JsonInclude.Include.ALWAYS) String os,
        @JsonProperty("os.version") String osVersion,
        @JsonProperty("os.features") List<String> osFeatures,
        String variant,
        @JsonInclude(JsonInclude.Include.ALWAYS) Execution config,
        RootFs rootfs,
        List<History> history) {

    /** What is started, and how. */
    @JsonPropertyOrder({
        "User",
        "ExposedPorts",
        "Env",
        "Entrypoint",
        "Cmd",
        "Volumes",
        "WorkingDir",
        "Labels",
        "StopSignal",
        "ArgsEscaped"
    })
    public record Execution(
            @JsonProperty("User") String user,
            @JsonProperty("ExposedPorts") SortedMap<String, JsonNode> exposedPorts,
            @JsonProperty("Env") List<String> env,
            @JsonProperty("Entrypoint") List<String> entrypoint,
            @JsonProperty("Cmd") List<String> cmd,
            @JsonProperty("Volumes") SortedMap<String, JsonNode> volumes,
            @JsonProperty("WorkingDir") String workingDir,
            @JsonProperty("Labels") SortedMap<String, String> labels,
            @JsonProperty("StopSignal") String stopSignal,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("ArgsEscaped")
            boolean argsEscaped) {

        /** Nothing is said. */
        public static final Execution NONE = new Execution(null, null, null, null, null, null, null, null, null, false);

        /** The value of a port or volume is an empty object, whatever it was. */
        @JsonCreator
        public Execution {
            exposedPorts = emptied(exposedPorts);
            volumes = emptied(volumes);
        }

        private static SortedMap<String, JsonNode> emptied(SortedMap<String, JsonNode> set) {
            SortedMap<String, JsonNode> emptied = new TreeMap<>();
            if (set != null) {
                set.keySet().forEach(key -> emptied.put(key, Json.mapper().createObjectNode()));
            }
            return Collections.unmodifiableSortedMap(emptied);
        }
    }

    /** The layers when unpacked, the lowest first. */
    @JsonPropertyOrder({"type", "diff_ids"})
    public record RootFs(
            @JsonInclude(JsonInclude.Include.ALWAYS) String type,

            @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("diff_ids")
            List<Digest> diffIds) {

        /** Absent lists are empty. */
        @JsonCreator
        public RootFs {
            type = type == null ? "" : type;
            diffIds = diffIds == null ? List.of() : List.copyOf(diffIds);
        }

        /** The usual kind. */
        public static RootFs layers(List<Digest> diffIds) {
            return new RootFs("layers", diffIds);
        }
    }

    /** How a layer came to be. */
    @JsonPropertyOrder({"created", "created_by", "author", "comment", "empty_layer"})
    public record History(
            String created,
            @JsonProperty("created_by") String createdBy,
            String author,
            String comment,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("empty_layer")
            boolean emptyLayer) {

        /** Writes the date as it must be. */
        @JsonCreator
        public History {
            created = Rfc3339.normalise(created);
        }
    }

    /** Writes the date as it must be; absent lists are empty. */
    @JsonCreator
    public ImageConfig {
        created = Rfc3339.normalise(created);
        architecture = architecture == null ? "" : architecture;
        os = os == null ? "" : os;
        config = config == null ? Execution.NONE : config;
        rootfs = rootfs == null ? new RootFs(null, null) : rootfs;
        history = history == null ? List.of() : List.copyOf(history);
    }

    /** A configuration that only says what it runs on and which layers it has. */
    public static ImageConfig of(Platform platform, List<Digest> diffIds) {
        return new ImageConfig(
                null,
                null,
                platform.architecture(),
                platform.os(),
                platform.osVersion(),
                platform.osFeatures(),
                platform.variant(),
                null,
                RootFs.layers(diffIds),
                null);
    }

    /** The same image with other layers. */
    public ImageConfig withLayers(List<Digest> diffIds) {
        return new ImageConfig(
                created,
                author,
                architecture,
                os,
                osVersion,
                osFeatures,
                variant,
                config,
                new RootFs(rootfs.type(), diffIds),
                history);
    }

    /** Reads a configuration; {@code what} names it in messages. */
    public static ImageConfig parse(String what, byte[] json) throws IOException {
        return Json.read(what, json, ImageConfig.class);
    }

    /** The bytes that its digest is of. */
    public byte[] toJson() {
        return Json.write(this);
    }
}
