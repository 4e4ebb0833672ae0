package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Locale;

/** What an image runs on, in the words of Go. Immutable. */
@JsonPropertyOrder({"architecture", "os", "os.version", "os.features", "variant"})
public record Platform(
        @JsonInclude(JsonInclude.Include.ALWAYS) String architecture,
        @JsonInclude(JsonInclude.Include.ALWAYS) String os,
        @JsonProperty("os.version") String osVersion,
        @JsonProperty("os.features") List<String> osFeatures,
        String variant) {

    /** Absent is empty. */
    public Platform {
        architecture = architecture == null ? "" : architecture;
        os = os == null ? "" : os;
        osVersion = osVersion == null ? "" : osVersion;
        osFeatures = osFeatures == null ? List.of() : List.copyOf(osFeatures);
        variant = variant == null ? "" : variant;
    }

    /** Linux on an architecture. */
    public static Platform linux(String architecture) {
        return new Platform(architecture, "linux", null, null, null);
    }

    /** Linux on the architecture of this machine. */
    public static Platform ofThisMachine() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return linux(
                switch (name) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> name;
                });
    }

    /** Whether what is made for this runs on {@code wanted}: a variant counts only where both name one. */
    public boolean fits(Platform wanted) {
        boolean sameVariant = variant.isEmpty()
                || wanted.variant.isEmpty()
                || variant.equals(wanted.variant)
                || architecture.equals("arm64") && variant.equals("v8");
        return os.equals(wanted.os) && architecture.equals(wanted.architecture) && sameVariant;
    }
}
