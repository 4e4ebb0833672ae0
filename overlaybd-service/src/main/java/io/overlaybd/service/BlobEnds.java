package io.overlaybd.service;

import io.overlaybd.cache.BlobHint;
import java.util.OptionalLong;

/**
 * Which ends of a remote blob are fetched to open the layer in it. The beginning says what it is. At the end lie its indexes, which
 * lead from one to the next backwards and would cost a request a unit otherwise.
 */
enum BlobEnds {

    /** The first refill unit, then the last two in one request: whatever is read next is likely to be there. */
    ONE_BY_ONE {
        @Override
        long headBytes(long blobBytes, int unitBytes) {
            return unitBytes;
        }

        @Override
        long tailBytes(long blobBytes, int unitBytes) {
            long units = (blobBytes + unitBytes - 1) / unitBytes;
            return Math.max(0, blobBytes - Math.max(1, units - 2) * unitBytes);
        }

        @Override
        BlobHint hint(OptionalLong sizeBytes, int unitBytes) {
            return BlobHint.ofSize(sizeBytes);
        }
    },

    /**
     * What opening needs and no more, both ends at the same time where the length is known: for who knows what will be read next and waits
     * to ask for it. The registry has let nobody in by then, so that each request may be refused once, but no round trip is lost.
     */
    TOGETHER {
        @Override
        long headBytes(long blobBytes, int unitBytes) {
            return blobBytes <= unitBytes ? unitBytes : Math.min(HEAD_BYTES, unitBytes);
        }

        @Override
        long tailBytes(long blobBytes, int unitBytes) {
            long wantedBytes = Math.min(blobBytes / BLOB_BYTES_OF_A_BYTE_OF_INDEX + SMALL_INDEX_BYTES, MAX_TAIL_BYTES);
            return Math.max(0, Math.min(wantedBytes, blobBytes - headBytes(blobBytes, unitBytes)));
        }

        @Override
        BlobHint hint(OptionalLong sizeBytes, int unitBytes) {
            long blobBytes = sizeBytes.orElse(0);
            return new BlobHint(sizeBytes, headBytes(blobBytes, unitBytes), tailBytes(blobBytes, unitBytes));
        }
    };

    /** Headers of tar, ZFile and layer, each some KiB, compressed. */
    private static final long HEAD_BYTES = 16 << 10;

    /** A ZFile has 4 bytes for each block of 4 KiB, which is about a third of that when it is compressed. */
    private static final long BLOB_BYTES_OF_A_BYTE_OF_INDEX = 320;

    /** The layer's own index, compressed, as images have it. */
    private static final long SMALL_INDEX_BYTES = 64 << 10;

    /** What one request can bring; of layers beyond a gigabyte the rest of the index is fetched when it is read. */
    private static final long MAX_TAIL_BYTES = 4 << 20;

    abstract long headBytes(long blobBytes, int unitBytes);

    /** How much of the end is fetched of a blob of this length. */
    abstract long tailBytes(long blobBytes, int unitBytes);

    /** What the cache is told beforehand. */
    abstract BlobHint hint(OptionalLong sizeBytes, int unitBytes);
}
