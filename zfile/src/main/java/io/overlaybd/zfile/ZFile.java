package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The way into the format: is it one, open it, verify it. {@link ZFileWriter} writes one. Thread-safe. */
public final class ZFile {

    private static final int MAX_OPEN_ATTEMPTS = 3;

    private ZFile() {}

    /**
     * Whether {@code source}, which stays the caller's, begins as a ZFile does. A wrapper around it must be off already.
     *
     * @throws CorruptFormatException if it does but the digest of its header is wrong
     * @throws IOException if it cannot be read
     */
    public static boolean probe(BlobSource source) throws IOException {
        if (source.sizeBytes() < ZFileHeader.BYTES) {
            return false;
        }
        ByteBuffer head = ZFileLayout.readBlock(source, 0);
        if (!ZFileHeader.hasMagic(head) || (head.get(ZFileHeader.FLAGS_OFFSET) & ZFileHeader.IS_HEADER) == 0) {
            return false;
        }
        ZFileHeader.decodeFlags(head, source.name(), 0);
        return true;
    }

    /**
     * The plain content of {@code source}. Takes it over if this returns; if it throws, the caller still owns it. A header
     * or index that is wrong is evicted with all the rest and read again, twice if need be, where there are copies to drop.
     *
     * @throws CorruptFormatException if it is no ZFile, a damaged one, or one that needs what we do not have
     * @throws IOException if it cannot be read
     */
    public static ZFileSource open(BlobSource source) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return new ZFileSource(source, ZFileLayout.load(source));
            } catch (CorruptFormatException e) {
                if (attempt == MAX_OPEN_ATTEMPTS || !source.evict(0, source.sizeBytes())) {
                    throw e;
                }
            }
        }
    }

    /**
     * Checks header, index and the checksum of every block of {@code source}, which stays the caller's. Decodes nothing and
     * reloads nothing.
     *
     * @throws CorruptFormatException for the first defect, or if the file has no checksums
     * @throws IOException if it cannot be read
     */
    public static void verify(BlobSource source) throws IOException {
        ZFileLayout layout = ZFileLayout.load(source);
        if (!layout.header().options().checksums()) {
            throw new CorruptFormatException(source.name(), 0, "checksums of blocks", "present", "none to verify");
        }
        Scratch scratch = ScratchPool.take();
        try {
            new BlockReader(source, layout).verify(scratch);
        } finally {
            ScratchPool.give(scratch);
        }
    }
}
