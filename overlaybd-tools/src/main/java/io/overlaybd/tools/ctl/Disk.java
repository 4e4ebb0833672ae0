package io.overlaybd.tools.ctl;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A device of ours in configfs. Immutable.
 *
 * @param name without the leading {@code dev_}, if that is how it begins
 * @param config what follows {@code overlaybd/} in its configuration: a path, and perhaps an id
 * @param enabled whether the daemon has it
 * @param link the link that makes it a disk of this machine, if there is one
 * @param disk its name in {@code /dev}, if it has one
 */
record Disk(String name, Path backstore, String config, boolean enabled, Optional<Path> link, Optional<String> disk) {

    /** The path of its image config. */
    String path() {
        int end = config.indexOf(';');
        return end < 0 ? config : config.substring(0, end);
    }

    /** By which the daemon knows it for snapshots; empty if it has none. */
    String id() {
        int end = config.indexOf(';');
        return end < 0 ? "" : config.substring(end + 1);
    }

    /** Whether a user who says this means it: a name, {@code sdX} or {@code /dev/sdX}. */
    boolean isMeantBy(String text) {
        return text.equals(name)
                || disk.filter(own -> text.equals(own) || text.equals("/dev/" + own))
                        .isPresent();
    }
}
