package io.overlaybd.tools.inspect;

/** What a file is, once tar and compression are off. */
public enum FileKind {
    /** Nothing in it. */
    EMPTY("empty file"),
    /** None of our formats. */
    RAW("raw data"),
    /** A layer, written in one go. */
    COMMITTED("finished layer"),
    /** A layer whose data file was finished where it lies. */
    SEALED("finished layer, sealed in place"),
    /** Data file of a writable layer that appends. */
    LOG("data file of a writable layer, append-only"),
    /** Data file of a writable layer that appends, and overwrites in place. */
    HYBRID("data file of a writable layer, hybrid"),
    /** Data file of a writable layer that is an image with holes. */
    SPARSE("data file of a writable layer, sparse"),
    /** Index file of a writable layer. */
    INDEX("index file of a writable layer"),
    /** Damaged so much that it does not say. */
    UNKNOWN("damaged file");

    private final String text;

    FileKind(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** Whether a layer of this kind is still being written. */
    boolean isWritable() {
        return this == LOG || this == HYBRID || this == SPARSE;
    }
}
