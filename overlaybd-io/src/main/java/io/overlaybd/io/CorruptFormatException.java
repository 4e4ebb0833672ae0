package io.overlaybd.io;

import java.io.IOException;

/**
 * Bytes that are not what their format demands. The message names the resource, the place, what was expected and what
 * was found: {@code layer.zfile: at byte 48 (index_size): expected 3, found 4}.
 */
public final class CorruptFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** A defect with nothing to compare, such as a wrong checksum in a block: {@code problem} says it all. */
    public CorruptFormatException(String resource, long offsetBytes, String problem) {
        super(resource + ": at byte " + offsetBytes + ": " + problem);
    }

    /** A field that holds something else than it must. */
    public CorruptFormatException(String resource, long offsetBytes, String field, Object expected, Object found) {
        this(resource, offsetBytes, field + ": expected " + expected + ", found " + found);
    }
}
