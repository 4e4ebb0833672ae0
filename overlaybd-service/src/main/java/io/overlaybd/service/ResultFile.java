package io.overlaybd.service;

import io.overlaybd.io.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever asked for a device how opening it went. The grammar, without an end of line:
 *
 * <pre>
 *  result = "success" | "failed:" text
 * </pre>
 *
 * Each attempt writes it once and whole, so that a reader sees one result or the other. What goes wrong here is logged: the
 * device does not depend on it. Immutable.
 */
final class ResultFile {

    private static final Logger LOG = LoggerFactory.getLogger(ResultFile.class);

    private final Path config;
    private final Optional<Path> file;

    /** The result file that a config names, perhaps none. */
    ResultFile(Path config, Optional<Path> file) {
        this.config = config;
        this.file = file;
    }

    void succeeded() {
        write("success");
    }

    void failed(Exception failure) {
        write("failed:" + text(failure).replace('\n', ' '));
    }

    private String text(Exception failure) {
        if (failure instanceof StackException stack) {
            return stack.result();
        }
        if (failure instanceof DuplicateDeviceException) {
            return failure.getMessage();
        }
        String message = failure instanceof IOException ? failure.getMessage() : null;
        return "failed to create overlaybd device; " + (message == null ? config + ": " + failure : message);
    }

    private void write(String result) {
        if (file.isEmpty()) {
            LOG.debug("{}: names no resultFile for: {}", config, result);
            return;
        }
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
        try (FileSink sink = FileSink.create(file.get(), FileSink.Existing.REPLACE, permissions)) {
            sink.write(ByteBuffer.wrap(result.getBytes(StandardCharsets.UTF_8)));
            sink.finish();
        } catch (IOException e) {
            LOG.warn("{}: cannot write the resultFile {}: {}; it would be: {}", config, file.get(), e, result);
        }
    }
}
