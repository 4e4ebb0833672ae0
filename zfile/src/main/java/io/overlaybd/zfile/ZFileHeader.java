package io.overlaybd.zfile;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.RawCrc32c;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The 512 bytes that begin and, with other flags, end a ZFile. Little-endian.
 *
 * <pre>
 *  offset size field
 *       0    8 magic0              "ZFile" 00 01 00
 *       8   16 magic1              "tuji.yyf@Alibaba"
 *      24    4 size                96; nobody reads it
 *      28    4 digest              raw CRC-32C from 0 of the 512 bytes with this field as zero; if flag 4
 *      32    8 flags               bits below; the others may hold anything in old files
 *      40    8 index_offset        where the index begins, in bytes
 *      48    8 index_size          entries of the index, one a block
 *      56    8 original_file_size  bytes of the plain content
 *      64    4 index_crc           raw CRC-32C from 0 of the index; if flag 4
 *      72   24 options             {@link CompressOptions}
 *      96  416 padding             zero; anything in old files
 *
 *  flag 0  this is the header, not the trailer       flag 3  the header has the final values: no need of the trailer
 *  flag 1  a data file                               flag 4  digest and index_crc are there
 *  flag 2  sealed: set in trailers only              flag 5  the index is compressed: nobody writes that
 * </pre>
 *
 * @param flags the six bits that have a meaning
 * @param indexOffsetBytes where the index begins
 * @param blockCount entries of the index; unsigned as on disk, so a negative one is absurd
 * @param plainBytes length of the plain content
 */
public record ZFileHeader(
        int flags, long indexOffsetBytes, long blockCount, long plainBytes, int indexCrc, CompressOptions options) {

    /** Length of a header and of a trailer. */
    static final int BYTES = 512;

    static final int IS_HEADER = 1;
    static final int IS_DATA_FILE = 1 << 1;
    static final int IS_SEALED = 1 << 2;
    static final int HAS_FINAL_VALUES = 1 << 3;
    static final int HAS_DIGEST = 1 << 4;
    private static final int HAS_COMPRESSED_INDEX = 1 << 5;
    private static final int FLAGS_WITH_A_MEANING = 0x3F;

    private static final int SIZE_OFFSET = 24; // u32, bytes
    private static final int DIGEST_OFFSET = 28; // u32
    static final int FLAGS_OFFSET = 32; // u64
    static final int INDEX_OFFSET_OFFSET = 40; // u64, bytes
    static final int BLOCK_COUNT_OFFSET = 48; // u64, entries
    static final int PLAIN_SIZE_OFFSET = 56; // u64, bytes
    private static final int INDEX_CRC_OFFSET = 64; // u32
    private static final int STRUCT_BYTES = 96;
    private static final byte[] MAGIC = HexFormat.of().parseHex("5a46696c6500010074756a692e79796640416c6962616261");
    private static final RawCrc32c DIGEST = new RawCrc32c(0);

    /** The header that a file begins with while its content is not known yet. */
    static ZFileHeader preliminary(CompressOptions options) {
        return new ZFileHeader(IS_HEADER | IS_DATA_FILE | HAS_DIGEST, 0, 0, 0, 0, options);
    }

    /** The trailer with the final values. */
    static ZFileHeader trailer(
            long indexOffsetBytes, long blockCount, long plainBytes, int indexCrc, CompressOptions options) {
        int flags = IS_DATA_FILE | IS_SEALED | HAS_DIGEST;
        return new ZFileHeader(flags, indexOffsetBytes, blockCount, plainBytes, indexCrc, options);
    }

    /** The header that says what this trailer says. */
    ZFileHeader asFinalHeader() {
        int finalFlags = IS_HEADER | IS_DATA_FILE | HAS_FINAL_VALUES | HAS_DIGEST;
        return new ZFileHeader(finalFlags, indexOffsetBytes, blockCount, plainBytes, indexCrc, options);
    }

    /** Whether this is the trailer, whose values count where the header was never rewritten. */
    public boolean isTrailer() {
        return !has(IS_HEADER);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Whether the block begins as a header or trailer does. */
    static boolean hasMagic(ByteBuffer block) {
        return block.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /**
     * The flags, after magic and digest were checked; all that a header without the final values is good for. {@code at} is
     * the place of the block in the resource, for messages.
     */
    static int decodeFlags(ByteBuffer block, String resource, long at) throws CorruptFormatException {
        if (!hasMagic(block)) {
            throw new CorruptFormatException(resource, at, "ZFile magic", hex(ByteBuffer.wrap(MAGIC)), hex(block));
        }
        int flags = (int) block.order(ByteOrder.LITTLE_ENDIAN).getLong(FLAGS_OFFSET) & FLAGS_WITH_A_MEANING;
        if ((flags & HAS_DIGEST) == 0) {
            return flags & ~HAS_COMPRESSED_INDEX; // of the time before digests: this bit was memory garbage
        }
        int expected = block.getInt(DIGEST_OFFSET);
        int found = digest(block);
        if (expected != found) {
            throw new CorruptFormatException(resource, at + DIGEST_OFFSET, "digest", hex(expected), hex(found));
        }
        if ((flags & HAS_COMPRESSED_INDEX) != 0) {
            throw new CorruptFormatException(resource, at + FLAGS_OFFSET, "index", "plain", "flagged as compressed");
        }
        return flags;
    }

    static ZFileHeader decode(ByteBuffer block, String resource, long at) throws CorruptFormatException {
        int flags = decodeFlags(block, resource, at);
        return new ZFileHeader(
                flags,
                block.getLong(INDEX_OFFSET_OFFSET),
                block.getLong(BLOCK_COUNT_OFFSET),
                block.getLong(PLAIN_SIZE_OFFSET),
                block.getInt(INDEX_CRC_OFFSET),
                CompressOptions.decode(block, resource, at));
    }

    ByteBuffer encode() {
        ByteBuffer block = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.put(0, MAGIC);
        block.putInt(SIZE_OFFSET, STRUCT_BYTES);
        block.putLong(FLAGS_OFFSET, flags);
        block.putLong(INDEX_OFFSET_OFFSET, indexOffsetBytes);
        block.putLong(BLOCK_COUNT_OFFSET, blockCount);
        block.putLong(PLAIN_SIZE_OFFSET, plainBytes);
        block.putInt(INDEX_CRC_OFFSET, indexCrc);
        options.encode(block);
        return block.putInt(DIGEST_OFFSET, digest(block));
    }

    private static int digest(ByteBuffer block) {
        ByteBuffer blanked = ByteBuffer.allocate(BYTES).put(0, block, 0, BYTES);
        return DIGEST.of(blanked.putInt(DIGEST_OFFSET, 0), 0, BYTES);
    }

    static String hex(int value) {
        return "0x" + HexFormat.of().toHexDigits(value);
    }

    private static String hex(ByteBuffer block) {
        byte[] bytes = new byte[MAGIC.length];
        block.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
