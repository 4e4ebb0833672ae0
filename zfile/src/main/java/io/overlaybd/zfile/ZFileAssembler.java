package io.overlaybd.zfile;

import io.overlaybd.io.BlobSink;
import io.overlaybd.io.RawCrc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Puts a ZFile together from blocks that are compressed already: header, blocks in the order they come, index, trailer.
 * The index waits in memory, two bytes a block. Thread-confined.
 */
final class ZFileAssembler {

    /** More than this in an index entry is unreadable for the original. */
    private static final int MAX_ENTRY_BYTES = 1 << 16;

    private static final int INDEX_CHUNK_BYTES = 64 * 1024;

    private final BlobSink sink;
    private final CompressOptions options;
    private final boolean rewriteHeader;
    private final long startBytes;
    private final CharColumn entriesLessOne = new CharColumn();

    /** Writes the header. The sink stays the caller's. */
    ZFileAssembler(BlobSink sink, CompressOptions options, boolean rewriteHeader) throws IOException {
        this.sink = sink;
        this.options = options;
        this.rewriteHeader = rewriteHeader && sink.canRewriteHead();
        startBytes = sink.positionBytes();
        sink.write(ZFileHeader.preliminary(options).encode());
    }

    /** What an error message calls the file. */
    String name() {
        return sink.name();
    }

    /** Writes the next blocks, or none of them if one is too long for the index. */
    void append(StoredBlocks blocks) throws IOException {
        for (int i = 0; i < blocks.count(); i++) {
            add(blocks.entry(i));
        }
        sink.write(blocks.bytes());
    }

    private void add(int entry) throws IOException {
        int block = entriesLessOne.size();
        if (entry > MAX_ENTRY_BYTES) {
            throw new IOException(sink.name() + ": block " + block + " takes " + entry + " bytes compressed, at most "
                    + MAX_ENTRY_BYTES + " can be stored: use a block size of 32768 bytes or less");
        }
        if (block == ZFileLayout.MAX_BLOCKS) {
            throw new IOException(sink.name() + ": more than " + ZFileLayout.MAX_BLOCKS
                    + " blocks: use a block size larger than " + options.blockSizeBytes() + " bytes");
        }
        entriesLessOne.add((char) (entry - 1));
    }

    /** Writes what follows the last block, the final header if it may, and finishes the sink. */
    void finish(long plainBytes) throws IOException {
        long indexOffsetBytes = sink.positionBytes() - startBytes;
        int indexCrc = writeIndex();
        ZFileHeader trailer =
                ZFileHeader.trailer(indexOffsetBytes, entriesLessOne.size(), plainBytes, indexCrc, options);
        sink.write(trailer.encode());
        if (rewriteHeader) {
            sink.rewriteHead(startBytes, trailer.asFinalHeader().encode());
        }
        sink.finish();
    }

    private int writeIndex() throws IOException {
        int crc = 0;
        ByteBuffer chunk = ByteBuffer.allocate(INDEX_CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < entriesLessOne.size(); ) {
            chunk.clear();
            for (; block < entriesLessOne.size() && chunk.hasRemaining(); block++) {
                chunk.putInt(entriesLessOne.get(block) + 1);
            }
            crc = new RawCrc32c(crc).of(chunk, 0, chunk.position());
            sink.write(chunk.flip());
        }
        return crc;
    }
}
