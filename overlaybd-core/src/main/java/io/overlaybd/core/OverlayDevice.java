package io.overlaybd.core;

import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A stack of layers as a disk. A read walks the merged index: what no layer has, and what a layer says is zero, is filled
 * without I/O; each mapped piece is one read of its layer's file, straight into the caller's buffer. Nothing is allocated on
 * the way.
 *
 * <p>Segments may lie beyond the end of the device, legally; they are never seen.
 *
 * <p>Thread-safety: any thread may read; immutable but for being closed.
 */
public final class OverlayDevice implements BlockDevice {

    private static final byte[] ZEROS = new byte[16 * 1024];

    private final String name;
    private final LayerStack stack;
    private final MergedIndex index;
    private final long sizeBytes;

    /** Takes over {@code stack}. A size that is no multiple of a sector is cut down to one. */
    public OverlayDevice(String name, LayerStack stack) {
        this.name = name;
        this.stack = stack;
        this.index = stack.index();
        this.sizeBytes = Sectors.toBytes(Sectors.containing(stack.virtualSizeBytes()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The layers below. */
    public LayerStack layers() {
        return stack;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        walk(offsetBytes, dst, true);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        int start = dst.position();
        boolean done = walk(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    /** Fills the buffer piece by piece; answers false if it must not wait but would have to. */
    private boolean walk(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        long end = offsetBytes + dst.remaining();
        long at = offsetBytes;
        for (int i = index.firstEndingAfter(Sectors.containing(at)); at < end; i++) {
            long segmentStart = i < index.size() ? Sectors.toBytes(index.offsetSectors(i)) : end;
            if (segmentStart > at) {
                at += fillZeros(dst, Math.min(segmentStart, end) - at);
            }
            if (at < end) {
                int length = (int) (Math.min(Sectors.toBytes(index.endSectors(i)), end) - at);
                if (index.isZeroed(i)) {
                    fillZeros(dst, length);
                } else if (!readPiece(i, at - segmentStart, dst, length, mayWait)) {
                    return false;
                }
                at += length;
            }
        }
        return true;
    }

    private static long fillZeros(ByteBuffer dst, long length) {
        for (long left = length; left > 0; left -= ZEROS.length) {
            dst.put(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
        return length;
    }

    /** Reads {@code length} bytes of segment {@code i} from its byte {@code skip} on; the limit of {@code dst} comes back. */
    private boolean readPiece(int i, long skip, ByteBuffer dst, int length, boolean mayWait) throws IOException {
        long fileAt = Sectors.toBytes(index.mappedSector(i)) + skip;
        int limit = dst.limit();
        dst.limit(dst.position() + length);
        try {
            if (mayWait) {
                stack.read(index.tag(i), fileAt, dst);
                return true;
            }
            return stack.tryRead(index.tag(i), fileAt, dst);
        } finally {
            dst.limit(limit);
        }
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, sizeBytes);
        ExtentJoiner joiner = new ExtentJoiner(offsetBytes, offsetBytes + lengthBytes, visitor);
        for (int i = index.firstEndingAfter(Sectors.containing(offsetBytes)); joiner.wantsMore(); i++) {
            if (i == index.size()) {
                joiner.extend(Long.MAX_VALUE, ExtentKind.HOLE);
            } else {
                joiner.extend(Sectors.toBytes(index.offsetSectors(i)), ExtentKind.HOLE);
                joiner.extend(
                        Sectors.toBytes(index.endSectors(i)), index.isZeroed(i) ? ExtentKind.ZERO : ExtentKind.DATA);
            }
        }
    }

    /** Closes the layers. */
    @Override
    public void close() throws IOException {
        stack.close();
    }
}
