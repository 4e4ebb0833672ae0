package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.IndexSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The data file of a sparse layer as the file system sees it: blocks, which have data or are holes. A sector that the layer does
 * not have shows the layers below as long as its whole block is a hole. Once a part of the block is written, the file system
 * tells whoever opens the layer anew that the block has data. So what the layers below have in the rest of it is written
 * with it, which the original does not do.
 *
 * <p>Guarded by the layer's lock.
 */
final class SparseBlocks {

    private static final int SMALLEST_BYTES = 4096;
    private static final int LARGEST_BYTES = 64 * 1024;
    private static final int ZEROS_BYTES = 64 * 1024;

    /** A block, or what of it belongs to the disk, with the content that it has to get. */
    record Block(long offsetBytes, ByteBuffer content) {}

    /** Takes a range of the file, from one byte up to another. */
    @FunctionalInterface
    interface ExtentVisitor {
        void visit(long fromBytes, long toBytes) throws IOException;
    }

    private final LayerFile file;
    private final int blockBytes;
    private volatile StackReader lowers;

    SparseBlocks(LayerFile file) throws IOException {
        this.file = file;
        this.blockBytes = Math.min(Math.max(Integer.highestOneBit(file.blockBytes()), SMALLEST_BYTES), LARGEST_BYTES);
    }

    void standOn(StackReader newLowers) {
        lowers = newLowers;
    }

    /** The blocks which a write to a range of the disk would cut, and of which the layers below have a part. */
    List<Block> cut(long fromBytes, long toBytes, long sizeBytes, IndexSnapshot upper) throws IOException {
        if (lowers == null) {
            return List.of();
        }
        List<Block> blocks = new ArrayList<>(2);
        long head = blockStart(fromBytes);
        long tail = blockStart(toBytes - 1);
        if (head < fromBytes || head + blockBytes > toBytes) {
            add(head, sizeBytes, upper, blocks);
        }
        if (tail > head && tail + blockBytes > toBytes) {
            add(tail, sizeBytes, upper, blocks);
        }
        return blocks;
    }

    /** Where on the disk the block begins; the first ones may have begun before it, in the header. */
    private long blockStart(long offsetBytes) {
        return (LayerHeader.BYTES + offsetBytes) / blockBytes * blockBytes - LayerHeader.BYTES;
    }

    private void add(long startBytes, long sizeBytes, IndexSnapshot upper, List<Block> blocks) throws IOException {
        long from = Math.max(0, startBytes);
        long to = Math.min(startBytes + blockBytes, sizeBytes);
        List<long[]> gaps = gaps(Sectors.containing(from), Sectors.containing(to), upper);
        if (gaps.isEmpty()) {
            return;
        }
        ByteBuffer content = ByteBuffer.allocateDirect((int) (to - from));
        file.readFully(LayerHeader.BYTES + from, content);
        for (long[] gap : gaps) {
            int at = (int) (Sectors.toBytes(gap[0]) - from);
            lowers.read(from + at, content.slice(at, (int) Sectors.toBytes(gap[1] - gap[0])), true);
        }
        blocks.add(new Block(from, content.flip()));
    }

    /** What the layer does not have of these sectors, and a layer below does: pairs of first sector and end. */
    private List<long[]> gaps(long fromSector, long toSector, IndexSnapshot upper) {
        List<long[]> gaps = new ArrayList<>();
        long at = fromSector;
        IndexSnapshot.Cursor segment = upper.endingAfter(at);
        while (at < toSector) {
            long gapEnd = segment.isEnd() ? toSector : Math.min(toSector, segment.offsetSectors());
            if (at < gapEnd && !lowers.stack().isHole(at, gapEnd)) {
                gaps.add(new long[] {at, gapEnd});
            }
            at = segment.isEnd() ? toSector : segment.endSectors();
            segment.advance();
        }
        return gaps;
    }

    /** Shows what of a range of the file is no hole. */
    void data(long fromBytes, long toBytes, ExtentVisitor visitor) throws IOException {
        long start = file.nextData(fromBytes);
        while (start >= 0 && start < toBytes) {
            long hole = Math.min(toBytes, file.nextHole(start));
            visitor.visit(start, hole);
            start = hole < toBytes ? file.nextData(hole) : toBytes;
        }
    }

    /** Gives a range of the file back. Where the file system cannot punch holes, zeros do as well, but not in holes. */
    void empty(long fileAtBytes, long lengthBytes) throws IOException {
        try {
            file.punchHole(fileAtBytes, lengthBytes);
        } catch (IOException cannotPunch) {
            data(fileAtBytes, fileAtBytes + lengthBytes, this::writeZeros);
        }
    }

    private void writeZeros(long fromBytes, long toBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        for (long at = fromBytes; at < toBytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), toBytes - at));
            file.write(at, zeros);
        }
    }
}
