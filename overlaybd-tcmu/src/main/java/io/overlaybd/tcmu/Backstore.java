package io.overlaybd.tcmu;

import io.overlaybd.io.sys.UioFile;
import io.overlaybd.service.metrics.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device in sysfs and configfs. Immutable.
 *
 * @param files where its files are
 * @param minor the N of {@code /dev/uioN}
 */
record Backstore(KernelFiles files, int minor, DeviceName name) {

    private static final Logger LOG = LoggerFactory.getLogger(Backstore.class);
    private static final String SERIAL_LABEL = "T10 VPD Unit Serial Number: ";
    private static final int SERIAL_DIGITS = 25;

    /** The devices of this daemon that exist. */
    static List<Backstore> existing(KernelFiles files) throws IOException {
        if (!Files.isDirectory(files.uioClass())) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(files.uioClass())) {
            return entries.map(Path::getFileName)
                    .map(Path::toString)
                    .filter(entry -> entry.matches("uio[0-9]{1,9}"))
                    .map(entry -> Integer.parseInt(entry.substring(3)))
                    .sorted()
                    .flatMap(minor -> ours(files, minor))
                    .toList();
        }
    }

    private static Stream<Backstore> ours(KernelFiles files, int minor) {
        return nameOf(files, minor).flatMap(DeviceName::parse).filter(DeviceName::isOurs).stream()
                .map(name -> new Backstore(files, minor, name));
    }

    private static Optional<String> nameOf(KernelFiles files, int minor) {
        try {
            return Optional.of(
                    Files.readString(files.uioClass().resolve("uio" + minor).resolve("name"))
                            .strip());
        } catch (IOException goneMeanwhile) {
            return Optional.empty();
        }
    }

    /** Whether the number still is this device's. */
    boolean exists() {
        return nameOf(files, minor).filter(name.text()::equals).isPresent();
    }

    String uio() {
        return "uio" + minor;
    }

    /** What metrics and the admin service call the device. */
    DeviceInfo info() {
        return new DeviceInfo(name.shortName(), uio(), name.path(), name.id());
    }

    /** Opens the ring. The kernel lets one process do that. */
    UioFile open() throws IOException {
        String size = Files.readString(files.uioClass().resolve(uio()).resolve("maps/map0/size"))
                .strip();
        return UioFile.open(files.dev().resolve(uio()), Long.decode(size));
    }

    /** Has the kernel hold back new commands, or let them come. */
    void block(boolean blocked) throws IOException {
        write("action/block_dev", blocked ? "1" : "0");
    }

    /** Has the kernel take back all commands in the ring; initiators send them again. To be done while blocked. */
    void resetRing() throws IOException {
        write("action/reset_ring", "1");
    }

    /** Kernels without the file have nothing to be done. */
    private void write(String file, String value) throws IOException {
        try {
            Files.writeString(directory().resolve(file), value, StandardOpenOption.WRITE);
        } catch (NoSuchFileException olderKernel) {
            LOG.debug("{}: has no {}", uio(), file);
        }
    }

    private Path directory() {
        return files.core().resolve("user_" + name.hba()).resolve(name.device());
    }

    /** The serial that the administrator gave, or one of our own that no other device of this machine has. */
    String serial() throws IOException {
        try {
            String text = Files.readString(directory().resolve("wwn/vpd_unit_serial"));
            String serial = text.startsWith(SERIAL_LABEL)
                    ? text.substring(SERIAL_LABEL.length()).strip()
                    : "";
            return serial.isEmpty() ? ownSerial() : serial;
        } catch (NoSuchFileException removedMeanwhile) {
            return ownSerial();
        }
    }

    /** As long as fits into a world-wide name, the same after every restart. */
    String ownSerial() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(name.text().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, SERIAL_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
