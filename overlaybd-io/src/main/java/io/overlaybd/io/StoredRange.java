package io.overlaybd.io;

/**
 * Where a range of a source really lies: in which source below it, from which byte on, in how many bytes. Of a compressed source
 * these are the bytes of whole compressed blocks. Immutable.
 *
 * @param source belongs to whoever opened it; good for {@link BlobSource#prefetch} as long as the source that was asked is open
 */
public record StoredRange(BlobSource source, long offsetBytes, long lengthBytes) {

    /** The byte after the range. */
    public long endBytes() {
        return offsetBytes + lengthBytes;
    }
}
