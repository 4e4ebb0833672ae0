package io.overlaybd.core.format;

/**
 * One entry of an index: a logical range, and where its bytes are or that it is zero. On disk, and in every index in
 * memory, it is two words:
 *
 * <pre>
 *          63          50 49                                                  0
 *  low    +--------------+----------------------------------------------------+
 *         | length       | offset                                             |   sectors of the device
 *         +--------+-+---+----------------------------------------------------+
 *  high   | tag    |z| moffset                                                |   sectors of the file
 *         +--------+-+--------------------------------------------------------+
 *          63    56 55 54                                                     0
 * </pre>
 *
 * {@code z}: reads as zeros, nothing is stored; then {@code moffset} does not move when the front is cut off. The tag
 * says which file; what a sealed layer has there means nothing once the layer stands alone. An entry whose offset is {@link
 * #INVALID_OFFSET_SECTORS} is padding.
 *
 * <p>The record is for tests, tools and messages. Code that handles many entries uses the static functions of the two
 * words and allocates nothing.
 */
public record SegmentMapping(long offsetSectors, int lengthSectors, long mappedSector, boolean zeroed, int tag) {

    /** Length of an entry on disk. */
    public static final int BYTES = 16;
    /** The longest range of one entry, in sectors. */
    public static final int MAX_LENGTH_SECTORS = (1 << 14) - 1;
    /** The offset of padding; a range may end here but not beyond. */
    public static final long INVALID_OFFSET_SECTORS = (1L << 50) - 1;
    /** The largest tag that an entry holds. */
    public static final int MAX_TAG = 255;
    /** The low word of padding; its high word is 0. */
    public static final long PADDING_LOW = INVALID_OFFSET_SECTORS;

    private static final int LENGTH_SHIFT = 50;
    private static final long OFFSET_MASK = INVALID_OFFSET_SECTORS;
    private static final long MAPPED_MASK = (1L << 55) - 1;
    private static final long ZEROED_BIT = 1L << 55;
    private static final int TAG_SHIFT = 56;

    /** Refuses what the words cannot hold. */
    public SegmentMapping {
        boolean fits = (offsetSectors & ~OFFSET_MASK) == 0
                && lengthSectors >= 0
                && lengthSectors <= MAX_LENGTH_SECTORS
                && (mappedSector & ~MAPPED_MASK) == 0
                && tag >= 0
                && tag <= MAX_TAG;
        if (!fits) {
            throw new IllegalArgumentException("does not fit an index entry: offset " + offsetSectors + ", length "
                    + lengthSectors + ", moffset " + mappedSector + ", tag " + tag);
        }
    }

    /** Decodes two words. */
    public static SegmentMapping of(long low, long high) {
        return new SegmentMapping(
                offsetSectors(low), lengthSectors(low), mappedSector(high), isZeroed(high), tag(high));
    }

    /** The low word. */
    public long low() {
        return low(offsetSectors, lengthSectors);
    }

    /** The high word. */
    public long high() {
        return high(mappedSector, zeroed, tag);
    }

    /** The low word of a range; both values must fit. */
    public static long low(long offsetSectors, int lengthSectors) {
        return offsetSectors | (long) lengthSectors << LENGTH_SHIFT;
    }

    /** The high word; all values must fit. */
    public static long high(long mappedSector, boolean zeroed, int tag) {
        return mappedSector | (zeroed ? ZEROED_BIT : 0) | tagBits(tag);
    }

    /** First sector of the range. */
    public static long offsetSectors(long low) {
        return low & OFFSET_MASK;
    }

    /** Sectors of the range. */
    public static int lengthSectors(long low) {
        return (int) (low >>> LENGTH_SHIFT);
    }

    /** The sector after the range. */
    public static long endSectors(long low) {
        return (low & OFFSET_MASK) + (low >>> LENGTH_SHIFT);
    }

    /** Where the bytes are in the file, in sectors from its start. */
    public static long mappedSector(long high) {
        return high & MAPPED_MASK;
    }

    /** Whether the range is zero, with nothing stored. */
    public static boolean isZeroed(long high) {
        return (high & ZEROED_BIT) != 0;
    }

    /** Which file. */
    public static int tag(long high) {
        return (int) (high >>> TAG_SHIFT);
    }

    /** The tag in its place in the high word. */
    public static long tagBits(int tag) {
        return (long) tag << TAG_SHIFT;
    }

    /** The high word with tag 0. */
    public static long untagged(long high) {
        return high & ~(0xFFL << TAG_SHIFT);
    }

    /** The high word after {@code sectors} were cut off the front of the range. */
    public static long advance(long high, long sectors) {
        return isZeroed(high) ? high : high + sectors;
    }

    /** The sector of the file after the bytes: {@code moffset} itself if there are none. */
    public static long mappedEnd(long low, long high) {
        return mappedSector(advance(high, lengthSectors(low)));
    }
}
