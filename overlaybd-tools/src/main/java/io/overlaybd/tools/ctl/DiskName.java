package io.overlaybd.tools.ctl;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a disk is called in configfs, as the original's snapshotter does it for its snapshots: up to 13 hexadecimal digits, so that
 * they fit into a world-wide name. Immutable.
 */
record DiskName(String text) {

    private static final String HBA = "user_999999999";
    private static final String DEVICE = "dev_";
    private static final String NEXUS = "naa.199";
    private static final int DIGITS = 13;

    /** Checks a name that somebody gave. */
    static DiskName of(String text) {
        if (!text.matches("[0-9a-f]{1,13}")) {
            throw new IllegalArgumentException(
                    "expected a name of up to " + DIGITS + " digits, 0 to 9 and a to f, found " + text);
        }
        return new DiskName(text);
    }

    /** The name of the disk of a config for which nobody gave one: always the same. */
    static DiskName ofConfig(Path config) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(config.toString().getBytes(StandardCharsets.UTF_8));
            return new DiskName(HexFormat.of().formatHex(hash).substring(0, DIGITS));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    String device() {
        return DEVICE + text;
    }

    Path hba(KernelTree kernel) {
        return kernel.core().resolve(HBA);
    }

    Path backstore(KernelTree kernel) {
        return hba(kernel).resolve(device());
    }

    String nexus() {
        return NEXUS + "0".repeat(DIGITS - text.length()) + text;
    }

    Path target(KernelTree kernel) {
        return kernel.loopback().resolve(nexus());
    }
}
