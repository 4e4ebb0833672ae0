package io.overlaybd.tcmu;

import java.util.Optional;

/**
 * The name of a device of TCMU, as the kernel gives it to the uio device:
 *
 * <pre>
 *  name = "tcm-user/" hba "/" device "/" subtype "/" config [ ";" id ]
 * </pre>
 *
 * The config is a path, so it may have slashes. Immutable.
 */
record DeviceName(String text, String hba, String device, String subtype, String config) {

    private static final String PREFIX = "tcm-user/";
    private static final String SUBTYPE = "overlaybd";

    /** The parts of a name, or nothing if it is that of another kind of device. */
    static Optional<DeviceName> parse(String text) {
        String[] parts = text.split("/", 5);
        if (!text.startsWith(PREFIX) || parts.length < 5) {
            return Optional.empty();
        }
        return Optional.of(new DeviceName(text, parts[1], parts[2], parts[3], parts[4]));
    }

    /** Whether the device is for this daemon. */
    boolean isOurs() {
        return subtype.equals(SUBTYPE);
    }

    /** The device without the prefix that the snapshotter and {@code overlaybd-ctl} give it. */
    String shortName() {
        return device.startsWith("dev_") ? device.substring("dev_".length()) : device;
    }

    /** By which the device is found for a snapshot; empty if it has none. */
    String id() {
        int end = config.indexOf(';');
        return end < 0 ? "" : config.substring(end + 1);
    }

    /** The path of the image config. */
    String path() {
        int end = config.indexOf(';');
        return end < 0 ? config : config.substring(0, end);
    }
}
