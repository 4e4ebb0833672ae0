package io.overlaybd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * From a file to a record. The factory asks a {@link ConfigObject} for its fields; what is wrong with them is collected
 * and reported together. A syntax error is reported alone. Stateless.
 */
public final class ConfigReader {

    /** A larger file is refused unread; a thousand layers need less than half a MiB. */
    public static final int MAX_BYTES = 4 << 20;

    private ConfigReader() {}

    /**
     * Reads a file of at most {@value #MAX_BYTES} bytes.
     *
     * @throws ConfigException if it is no strict JSON, or with every problem of its values
     * @throws IOException if it cannot be read
     */
    public static <T> Loaded<T> read(Path file, Function<ConfigObject, T> factory) throws IOException {
        return parse(file.toString(), bytes(file), factory);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory; name a configuration file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file + ": no such configuration file");
        } catch (AccessDeniedException e) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "permission denied; run as a user who may read it, or have it made readable");
        }
    }

    /** {@link #read} for bytes that are there already; {@code resource} is what messages call them. */
    public static <T> Loaded<T> parse(String resource, byte[] bytes, Function<ConfigObject, T> factory)
            throws IOException {
        if (bytes.length > MAX_BYTES) {
            throw new ConfigException(resource, List.of("larger than " + MAX_BYTES + " bytes"));
        }
        Report report = new Report();
        Json root = JsonParsing.parse(resource, bytes, report);
        if (!(root instanceof Json.Members members)) {
            throw new ConfigException(resource, List.of("expected an object, found " + root.describe()));
        }
        T config = factory.apply(new ConfigObject("", members, report));
        if (!report.problems().isEmpty()) {
            throw new ConfigException(resource, report.problems());
        }
        report.warnOfUnknownKeys();
        return new Loaded<>(config, report.warnings());
    }
}
