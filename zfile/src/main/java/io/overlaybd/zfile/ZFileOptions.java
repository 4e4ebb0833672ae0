package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.CodecId;
import java.util.Objects;

/**
 * How to write a ZFile.
 *
 * @param codec what compresses the blocks
 * @param blockSizeBytes plain bytes of a block: 4096, 8192, 16384, 32768 or 65536. Data that does not compress cannot be
 *     stored in blocks of 65536, any smaller size takes all data
 * @param checksums whether each block gets a checksum
 * @param rewriteHeader whether the header gets the final values at the end, where the sink can do that, so that a reader
 *     needs no trailer
 * @param threads how many threads compress, 1 to {@value #MAX_THREADS}; the bytes are the same for any number
 */
public record ZFileOptions(CodecId codec, int blockSizeBytes, boolean checksums, boolean rewriteHeader, int threads) {

    /** The most threads that a writer takes. */
    public static final int MAX_THREADS = 256;

    /** LZ4 in blocks of 4096 with checksums, header rewritten, on the calling thread. */
    public static final ZFileOptions DEFAULT = new ZFileOptions(CodecId.LZ4, 4096, true, true, 1);

    private static final int MIN_BLOCK_BYTES = 4096;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException for one that is out of its range
     */
    public ZFileOptions {
        Objects.requireNonNull(codec, "codec");
        if (blockSizeBytes < MIN_BLOCK_BYTES
                || blockSizeBytes > CompressOptions.MAX_BLOCK_BYTES
                || Integer.bitCount(blockSizeBytes) != 1) {
            throw new IllegalArgumentException("block size: expected a power of two from " + MIN_BLOCK_BYTES + " to "
                    + CompressOptions.MAX_BLOCK_BYTES + " bytes, found " + blockSizeBytes);
        }
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads: expected 1 to " + MAX_THREADS + ", found " + threads);
        }
    }

    /** These options with another codec. */
    public ZFileOptions withCodec(CodecId other) {
        return new ZFileOptions(other, blockSizeBytes, checksums, rewriteHeader, threads);
    }

    /** These options with another block size. */
    public ZFileOptions withBlockSizeBytes(int other) {
        return new ZFileOptions(codec, other, checksums, rewriteHeader, threads);
    }

    /** These options with or without checksums. */
    public ZFileOptions withChecksums(boolean other) {
        return new ZFileOptions(codec, blockSizeBytes, other, rewriteHeader, threads);
    }

    /** These options with or without the header rewritten. */
    public ZFileOptions withRewriteHeader(boolean other) {
        return new ZFileOptions(codec, blockSizeBytes, checksums, other, threads);
    }

    /** These options with another number of threads. */
    public ZFileOptions withThreads(int other) {
        return new ZFileOptions(codec, blockSizeBytes, checksums, rewriteHeader, other);
    }

    CompressOptions compressOptions() {
        return new CompressOptions(blockSizeBytes, codec, 0, checksums);
    }
}
