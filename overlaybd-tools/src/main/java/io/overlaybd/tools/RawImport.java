package io.overlaybd.tools;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what of a raw image is worth storing. The image is looked at in blocks of {@value #BLOCK_BYTES} bytes. Without
 * a base, blocks of zeros and holes are left out. With a base, so are blocks that are the same there; one that became
 * zero is told as zeroed, so that it hides what lies below. What is left out between two stored blocks is stored all the
 * same if it is shorter than the smallest hole wanted, so that a fragmented image does not need one mapping per block.
 *
 * <p>An image whose length is no multiple of a sector is padded with zeros. Memory use is fixed. Thread-confined.
 */
final class RawImport {

    static final int BLOCK_BYTES = 4096;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK_BYTES);

    /** Receives what is to be stored, ascending, whole sectors, in bytes. */
    interface Extents {
        /** Bytes to be stored. */
        void data(long offsetBytes, ByteBuffer bytes) throws IOException;

        /** A range that is zero and hides what lies below. */
        void zero(long offsetBytes, long lengthBytes) throws IOException;
    }

    private enum Kind {
        DATA,
        ZERO,
        LEFT_OUT
    }

    private record Range(long offsetBytes, long lengthBytes) {}

    private final FileSource raw;
    private final FileSource base;
    private final long minHoleBytes;
    private final Extents extents;
    private final Progress progress;
    private final ByteBuffer rawChunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final ByteBuffer baseChunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final ByteBuffer gapChunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    /** Zeroed ranges after the last data, while it is open whether the gap they lie in becomes data. */
    private final List<Range> openZeros = new ArrayList<>();

    private long dataEndBytes = -1;

    /** The base may be null. It must not be longer than the image. */
    RawImport(FileSource raw, FileSource base, long minHoleBytes, Extents extents, Progress progress) {
        this.raw = raw;
        this.base = base;
        this.minHoleBytes = minHoleBytes;
        this.extents = extents;
        this.progress = progress;
    }

    /** Length of a device that holds so many bytes. */
    static long deviceBytes(long rawBytes) {
        return Math.addExact(rawBytes, BlockDevice.SECTOR_BYTES - 1)
                / BlockDevice.SECTOR_BYTES
                * BlockDevice.SECTOR_BYTES;
    }

    /** Goes through the whole image once. */
    void run() throws IOException {
        long size = deviceBytes(raw.sizeBytes());
        for (long at = 0; at < size; ) {
            long next = Math.min(size, nextChunk(at));
            progress.add(next - at);
            at = next;
            if (at < size) {
                int length = (int) Math.min(CHUNK_BYTES, size - at);
                chunk(at, length);
                progress.add(length);
                at += length;
            }
        }
        tellOpenZeros();
    }

    /** The first chunk at or after the offset in which one of the files has data. */
    private long nextChunk(long at) throws IOException {
        long next = Math.min(nextData(raw, at), base == null ? Long.MAX_VALUE : nextData(base, at));
        return next / CHUNK_BYTES * CHUNK_BYTES;
    }

    private static long nextData(FileSource source, long at) throws IOException {
        long next = at < source.sizeBytes() ? source.nextData(at) : -1;
        return next < 0 ? Long.MAX_VALUE : next;
    }

    private void chunk(long at, int length) throws IOException {
        read(raw, at, length, rawChunk);
        if (base != null) {
            read(base, at, length, baseChunk);
        }
        int start = 0;
        Kind kind = kind(0, Math.min(BLOCK_BYTES, length));
        for (int block = BLOCK_BYTES; block < length; block += BLOCK_BYTES) {
            Kind next = kind(block, Math.min(BLOCK_BYTES, length - block));
            if (next != kind) {
                run(kind, at, start, block);
                start = block;
                kind = next;
            }
        }
        run(kind, at, start, length);
    }

    /** Reads a range, what lies behind the end of the file as zeros. */
    private static void read(FileSource source, long at, int length, ByteBuffer into) throws IOException {
        int there = (int) Math.max(0, Math.min(length, source.sizeBytes() - at));
        into.clear().limit(there);
        if (there > 0) {
            source.readFully(at, into);
        }
        into.limit(length);
        while (into.hasRemaining()) {
            into.put(ZEROS.slice(0, Math.min(BLOCK_BYTES, into.remaining())));
        }
    }

    private Kind kind(int block, int length) {
        boolean zero = equal(rawChunk, block, ZEROS, 0, length);
        if (base == null) {
            return zero ? Kind.LEFT_OUT : Kind.DATA;
        }
        if (equal(rawChunk, block, baseChunk, block, length)) {
            return Kind.LEFT_OUT;
        }
        return zero ? Kind.ZERO : Kind.DATA;
    }

    private static boolean equal(ByteBuffer a, int aOffset, ByteBuffer b, int bOffset, int length) {
        return a.slice(aOffset, length).mismatch(b.slice(bOffset, length)) < 0;
    }

    private void run(Kind kind, long chunkAt, int start, int end) throws IOException {
        long at = chunkAt + start;
        switch (kind) {
            case DATA -> data(at, rawChunk.slice(start, end - start));
            case ZERO -> zero(at, end - start);
            case LEFT_OUT -> {}
        }
    }

    private void data(long at, ByteBuffer bytes) throws IOException {
        if (isTooShortForAHole(at)) {
            openZeros.clear();
            storeGap(at);
        }
        tellOpenZeros();
        dataEndBytes = at + bytes.remaining();
        extents.data(at, bytes);
    }

    private boolean isTooShortForAHole(long endBytes) {
        return dataEndBytes >= 0 && endBytes - dataEndBytes < minHoleBytes;
    }

    private void storeGap(long endBytes) throws IOException {
        for (long at = dataEndBytes; at < endBytes; at += CHUNK_BYTES) {
            int length = (int) Math.min(CHUNK_BYTES, endBytes - at);
            read(raw, at, length, gapChunk);
            extents.data(at, gapChunk.flip());
        }
    }

    private void zero(long at, long length) throws IOException {
        if (isTooShortForAHole(at + length)) {
            openZeros.add(new Range(at, length));
        } else {
            tellOpenZeros();
            extents.zero(at, length);
        }
    }

    private void tellOpenZeros() throws IOException {
        for (Range range : openZeros) {
            extents.zero(range.offsetBytes(), range.lengthBytes());
        }
        openZeros.clear();
    }
}
