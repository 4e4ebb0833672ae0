package io.overlaybd.config;

import java.util.List;

/**
 * A configuration and what was odd but harmless in its file, such as unknown keys; whoever loads it logs the warnings.
 * Immutable.
 */
public record Loaded<T>(T config, List<String> warnings) {

    /** Takes a copy of the list. */
    public Loaded {
        warnings = List.copyOf(warnings);
    }
}
