package io.overlaybd.service.prefetch;

import io.overlaybd.core.LayerStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A list of files that a start needs, for who has no trace; as the original reads it:
 *
 * <pre>
 *  list = line...                    at most 65536 bytes
 *  line = path of a file, or path "/" of a folder, of which all files below are meant
 * </pre>
 *
 * Spaces around a path do not count. Lines of other characters than letters, digits, {@code _ . - /} are skipped. Immutable.
 */
record FileList(List<String> paths) {

    static final int MAX_BYTES = 65536;
    private static final Pattern PATH = Pattern.compile("/?[A-Za-z0-9_.-]++(/[A-Za-z0-9_.-]++)*+/?");

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
            if (PATH.matcher(path).matches()) {
                paths.add(path);
            }
        }
        return new FileList(paths);
    }

    /** The reads of layers that the files are: to be found in the file system of the lowers, which nothing here can read yet. */
    List<TraceRead> reads(String image, LayerStack lowers) throws IOException {
        throw new IOException("a list of files is not supported yet; record a trace instead");
    }
}
