package io.overlaybd.service.prefetch;

import io.overlaybd.core.LayerStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of files that a start needs, for who has no trace; as the original reads it:
 *
 * <pre>
 *  list = line...                    at most 65536 bytes
 *  line = path of a file, or path "/" of a folder, of which all files below are meant
 * </pre>
 *
 * Spaces around a path do not count. Lines with control characters or empty names are skipped; the original knows no other names than
 * those of letters, digits, {@code _ . -}. Each character stands for a byte. Immutable.
 */
record FileList(List<String> paths) {

    static final int MAX_BYTES = 65536;
    private static final char DELETE = 0x7F;

    FileList {
        paths = List.copyOf(paths);
    }

    /** Reads a file; a longer one is none. */
    static FileList read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    file + ": neither a trace nor a list of files, which has at most " + MAX_BYTES + " bytes");
        }
        return parse(Files.readAllBytes(file));
    }

    /** Takes any bytes. */
    static FileList parse(byte[] bytes) {
        List<String> paths = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
            String path = line.replaceAll("^ ++| ++$", "");
            if (isPath(path)) {
                paths.add(path);
            }
        }
        return new FileList(paths);
    }

    private static boolean isPath(String line) {
        return !line.isEmpty() && !line.contains("//") && line.chars().noneMatch(c -> c < ' ' || c == DELETE);
    }

    /** The reads of layers that the files are, as the file system of the lowers says. */
    List<TraceRead> reads(String image, LayerStack lowers) throws IOException {
        return new ListedFiles(image, lowers).reads(paths);
    }
}
