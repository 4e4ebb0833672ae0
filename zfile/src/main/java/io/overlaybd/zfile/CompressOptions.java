package io.overlaybd.zfile;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.zfile.codec.CodecId;
import java.nio.ByteBuffer;

/**
 * How the blocks of a file are cut, compressed and guarded: 24 bytes of a {@link ZFileHeader}.
 *
 * <pre>
 *  offset size field
 *      72    4 block_size  plain bytes of a block; a power of two, at most 65536
 *      76    1 algo        1 LZ4, 2 zstd
 *      77    1 level       not used
 *      78    1 use_dict    must be 0: no writer stores a dictionary
 *      80    4 reserved
 *      84    4 dict_size   bytes between the header and block 0
 *      88    1 verify      not 0: four bytes of checksum follow each payload
 * </pre>
 *
 * @param blockSizeBytes plain bytes of every block but the last
 * @param dictionaryBytes bytes to skip before block 0
 * @param checksums whether each payload is followed by its checksum
 */
public record CompressOptions(int blockSizeBytes, CodecId codec, long dictionaryBytes, boolean checksums) {

    /** The largest block that the format knows. */
    static final int MAX_BLOCK_BYTES = 1 << 16;

    private static final int BLOCK_SIZE_OFFSET = 72; // u32, bytes
    private static final int CODEC_OFFSET = 76; // u8
    private static final int USE_DICTIONARY_OFFSET = 78; // u8
    private static final int DICTIONARY_SIZE_OFFSET = 84; // u32, bytes
    private static final int CHECKSUMS_OFFSET = 88; // u8

    static CompressOptions decode(ByteBuffer block, String resource, long at) throws CorruptFormatException {
        int blockSizeBytes = block.getInt(BLOCK_SIZE_OFFSET);
        if (blockSizeBytes <= 0 || blockSizeBytes > MAX_BLOCK_BYTES || Integer.bitCount(blockSizeBytes) != 1) {
            throw new CorruptFormatException(
                    resource,
                    at + BLOCK_SIZE_OFFSET,
                    "block size",
                    "a power of two up to " + MAX_BLOCK_BYTES,
                    Integer.toUnsignedString(blockSizeBytes));
        }
        if (block.get(USE_DICTIONARY_OFFSET) != 0) {
            throw new CorruptFormatException(
                    resource,
                    at + USE_DICTIONARY_OFFSET,
                    "use of a dictionary",
                    "0, dictionaries are not supported",
                    block.get(USE_DICTIONARY_OFFSET) & 0xFF);
        }
        return new CompressOptions(
                blockSizeBytes,
                decodeCodec(block, resource, at),
                Integer.toUnsignedLong(block.getInt(DICTIONARY_SIZE_OFFSET)),
                block.get(CHECKSUMS_OFFSET) != 0);
    }

    private static CodecId decodeCodec(ByteBuffer block, String resource, long at) throws CorruptFormatException {
        int number = block.get(CODEC_OFFSET) & 0xFF;
        return CodecId.ofNumber(number)
                .orElseThrow(() -> new CorruptFormatException(
                        resource,
                        at + CODEC_OFFSET,
                        "codec",
                        "1 (LZ4) or 2 (zstd)",
                        number == 0 ? "0 (minilzo, which no writer ever used)" : number));
    }

    void encode(ByteBuffer block) {
        block.putInt(BLOCK_SIZE_OFFSET, blockSizeBytes);
        block.put(CODEC_OFFSET, (byte) codec.number());
        block.putInt(DICTIONARY_SIZE_OFFSET, (int) dictionaryBytes);
        block.put(CHECKSUMS_OFFSET, (byte) (checksums ? 1 : 0));
    }

    /** How far to shift a plain offset to get its block. */
    int blockShift() {
        return Integer.numberOfTrailingZeros(blockSizeBytes);
    }

    /** Bytes that stand between the end of one payload and the start of the next. */
    int checksumBytes() {
        return checksums ? Integer.BYTES : 0;
    }
}
