package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.StoredRange;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads blocks. Those that lie side by side, which is all of a read up to {@link Scratch#SPAN_BYTES}, are one read of the
 * inner source. A block that is wanted whole is decoded where it is wanted; only the ends of an unaligned read, and reads
 * into the heap, which not every codec can write to, go through the scratch.
 *
 * <p>In all methods {@code origin} is the plain offset of byte 0 of {@code dst}; the position of {@code dst} stays until
 * all is read.
 *
 * <p>Thread-safe, apart from the scratch that a call brings along.
 */
final class BlockReader {

    private final BlobSource inner;
    private final JumpTable blocks;
    private final BlockDecoder decoder;
    private final int blockShift;

    BlockReader(BlobSource inner, ZFileLayout layout) {
        this.inner = inner;
        blocks = layout.blocks();
        decoder = new BlockDecoder(inner, layout);
        blockShift = layout.header().options().blockShift();
    }

    /** Fills {@code dst}, which is not empty; answers false if it may not wait and would have to. */
    boolean read(long offsetBytes, ByteBuffer dst, Scratch scratch, boolean mayWait) throws IOException {
        long origin = offsetBytes - dst.position();
        int end = blockEnd(offsetBytes + dst.remaining());
        int first = (int) (offsetBytes >>> blockShift);
        if (mayWait && blocks.runEnd(first, end, Scratch.SPAN_BYTES) < end) {
            prefetch(first, end);
        }
        for (int run = first; run < end; ) {
            int runEnd = blocks.runEnd(run, end, Scratch.SPAN_BYTES);
            if (!readRun(run, runEnd, dst, origin, scratch, mayWait)) {
                return false;
            }
            run = runEnd;
        }
        dst.position(dst.limit());
        return true;
    }

    private boolean readRun(int run, int runEnd, ByteBuffer dst, long origin, Scratch scratch, boolean mayWait)
            throws IOException {
        long at = blocks.offsetBytes(run);
        ByteBuffer stored = scratch.stored((int) (blocks.offsetBytes(runEnd) - at));
        if (mayWait) {
            inner.readFully(at, stored);
        } else if (!inner.tryReadFully(at, stored)) {
            return false;
        }
        for (int block = run; block < runEnd; block++) {
            int storedIndex = (int) (blocks.offsetBytes(block) - at);
            if (!place(block, storedIndex, dst, origin, scratch, mayWait)) {
                return false;
            }
        }
        return true;
    }

    /** Puts what is wanted of a stored block where it is wanted. */
    private boolean place(int block, int storedIndex, ByteBuffer dst, long origin, Scratch scratch, boolean mayWait)
            throws IOException {
        long start = (long) block << blockShift;
        int plainBytes = decoder.plainBytes(block);
        long from = Math.max(start, origin + dst.position());
        int wanted = (int) (Math.min(start + plainBytes, origin + dst.limit()) - from);
        int dstIndex = (int) (from - origin);
        if (wanted == plainBytes && dst.isDirect()) {
            return decoder.decode(block, storedIndex, dst, dstIndex, scratch, mayWait);
        }
        ByteBuffer plain = scratch.plain(plainBytes);
        if (!decoder.decode(block, storedIndex, plain, 0, scratch, mayWait)) {
            return false;
        }
        dst.put(dstIndex, plain, (int) (from - start), wanted);
        return true;
    }

    /** Checks the checksum of every block; decodes none and reloads none. */
    void verify(Scratch scratch) throws IOException {
        for (int run = 0; run < blocks.blockCount(); ) {
            int runEnd = blocks.runEnd(run, blocks.blockCount(), Scratch.SPAN_BYTES);
            long at = blocks.offsetBytes(run);
            inner.readFully(at, scratch.stored((int) (blocks.offsetBytes(runEnd) - at)));
            for (; run < runEnd; run++) {
                decoder.check(run, (int) (blocks.offsetBytes(run) - at), scratch);
            }
        }
    }

    /** Has the blocks fetched that a plain range, not empty, touches. */
    void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        prefetch((int) (offsetBytes >>> blockShift), blockEnd(offsetBytes + lengthBytes));
    }

    private void prefetch(int first, int end) throws IOException {
        inner.prefetch(blocks.offsetBytes(first), blocks.offsetBytes(end) - blocks.offsetBytes(first));
    }

    /** Where the blocks lie that a plain range, not empty, touches. */
    StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        long from = blocks.offsetBytes((int) (offsetBytes >>> blockShift));
        return inner.stored(from, blocks.offsetBytes(blockEnd(offsetBytes + lengthBytes)) - from);
    }

    /** Drops copies of the blocks that a plain range, not empty, touches. */
    boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        long from = blocks.offsetBytes((int) (offsetBytes >>> blockShift));
        return inner.evict(from, blocks.offsetBytes(blockEnd(offsetBytes + lengthBytes)) - from);
    }

    private int blockEnd(long plainEndBytes) {
        return (int) (plainEndBytes - 1 >>> blockShift) + 1;
    }
}
