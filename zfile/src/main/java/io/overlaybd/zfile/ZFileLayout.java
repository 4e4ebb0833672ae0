package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.RawCrc32c;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What must be known of a ZFile to read it: the header or trailer with the final values, and where each block begins.
 *
 * <pre>
 *  zfile = header  [ dictionary ]  block...  index  trailer
 *  block = payload  [ checksum ]
 *  index = u32...              stored bytes of each block
 * </pre>
 *
 * All arithmetic of the header is checked against the length of the file before anything is allocated by it. Immutable.
 */
record ZFileLayout(ZFileHeader header, JumpTable blocks) {

    /** The original reads no more. */
    static final long MAX_BLOCKS = 1_000_000_000;

    /** Reads header, trailer if needed, and index. Leaves the source open, whatever happens. */
    static ZFileLayout load(BlobSource source) throws IOException {
        if (source.sizeBytes() < 2 * ZFileHeader.BYTES) {
            throw new CorruptFormatException(
                    source.name(), 0, "file size", "at least " + 2 * ZFileHeader.BYTES, source.sizeBytes());
        }
        ZFileHeader header = loadHeader(source);
        checkBounds(source, header);
        return new ZFileLayout(header, loadIndex(source, header));
    }

    private static ZFileHeader loadHeader(BlobSource source) throws IOException {
        String name = source.name();
        ByteBuffer head = readBlock(source, 0);
        int flags = ZFileHeader.decodeFlags(head, name, 0);
        checkFlags(name, 0, flags, ZFileHeader.IS_HEADER | ZFileHeader.IS_DATA_FILE, 0);
        if ((flags & ZFileHeader.HAS_FINAL_VALUES) != 0) {
            return ZFileHeader.decode(head, name, 0);
        }
        long trailerAt = source.sizeBytes() - ZFileHeader.BYTES;
        ZFileHeader trailer = ZFileHeader.decode(readBlock(source, trailerAt), name, trailerAt);
        int expected = ZFileHeader.IS_DATA_FILE | ZFileHeader.IS_SEALED;
        checkFlags(name, trailerAt, trailer.flags(), expected, ZFileHeader.IS_HEADER);
        return trailer;
    }

    static ByteBuffer readBlock(BlobSource source, long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(ZFileHeader.BYTES);
        source.readFully(at, block);
        return block.flip();
    }

    private static void checkFlags(String name, long at, int flags, int set, int clear) throws CorruptFormatException {
        if ((flags & (set | clear)) != set) {
            String expected = "bits " + ZFileHeader.hex(set) + " set, " + ZFileHeader.hex(clear) + " clear";
            throw new CorruptFormatException(
                    name, at + ZFileHeader.FLAGS_OFFSET, "flags", expected, ZFileHeader.hex(flags));
        }
    }

    private static void checkBounds(BlobSource source, ZFileHeader header) throws CorruptFormatException {
        boolean isFirst = header.has(ZFileHeader.IS_HEADER);
        long at = isFirst ? 0 : source.sizeBytes() - ZFileHeader.BYTES;
        checkBlockCount(source.name(), at, header);
        long indexEnd = source.sizeBytes() - ZFileHeader.BYTES;
        long lastOffset = indexEnd - header.blockCount() * Integer.BYTES;
        if (header.indexOffsetBytes() < 0 || header.indexOffsetBytes() > lastOffset) {
            String expected = header.blockCount() + " entries that end by byte " + indexEnd;
            throw new CorruptFormatException(
                    source.name(),
                    at + ZFileHeader.INDEX_OFFSET_OFFSET,
                    "index",
                    expected,
                    "a beginning at byte " + Long.toUnsignedString(header.indexOffsetBytes()));
        }
    }

    private static void checkBlockCount(String name, long at, ZFileHeader header) throws CorruptFormatException {
        if (header.plainBytes() < 0) {
            String found = Long.toUnsignedString(header.plainBytes());
            throw new CorruptFormatException(
                    name, at + ZFileHeader.PLAIN_SIZE_OFFSET, "plain size", "at most " + Long.MAX_VALUE, found);
        }
        int blockSize = header.options().blockSizeBytes();
        long needed = header.plainBytes() / blockSize + (header.plainBytes() % blockSize == 0 ? 0 : 1);
        if (header.blockCount() != needed || needed > MAX_BLOCKS) {
            String expected = needed + " for " + header.plainBytes() + " bytes, at most " + MAX_BLOCKS;
            String found = Long.toUnsignedString(header.blockCount());
            throw new CorruptFormatException(
                    name, at + ZFileHeader.BLOCK_COUNT_OFFSET, "index entries", expected, found);
        }
    }

    private static JumpTable loadIndex(BlobSource source, ZFileHeader header) throws IOException {
        JumpTableBuilder builder = new JumpTableBuilder(source.name(), header);
        Scratch scratch = ScratchPool.take();
        try {
            int crc = readIndex(source, header, scratch, builder);
            if (header.has(ZFileHeader.HAS_DIGEST) && crc != header.indexCrc()) {
                String expected = ZFileHeader.hex(header.indexCrc());
                throw new CorruptFormatException(
                        source.name(), header.indexOffsetBytes(), "index checksum", expected, ZFileHeader.hex(crc));
            }
            return builder.build();
        } finally {
            ScratchPool.give(scratch);
        }
    }

    private static int readIndex(BlobSource source, ZFileHeader header, Scratch scratch, JumpTableBuilder builder)
            throws IOException {
        int crc = 0;
        long end = header.indexOffsetBytes() + header.blockCount() * Integer.BYTES;
        source.prefetch(header.indexOffsetBytes(), end - header.indexOffsetBytes());
        for (long at = header.indexOffsetBytes(); at < end; ) {
            int bytes = (int) Math.min(Scratch.SPAN_BYTES, end - at);
            ByteBuffer chunk = scratch.stored(bytes);
            source.readFully(at, chunk);
            crc = new RawCrc32c(crc).of(chunk, 0, bytes);
            for (int i = 0; i < bytes; i += Integer.BYTES) {
                builder.add(chunk.getInt(i));
            }
            at += bytes;
        }
        return crc;
    }
}
