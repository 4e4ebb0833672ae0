package io.overlaybd.core;

import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A writable layer over a stack of finished ones, as a disk. A read takes one snapshot of the upper index and walks it: what
 * the upper layer has comes from there, the gaps come from the stack below, see {@link StackReader}.
 *
 * <p>Thread-safety: any thread may do anything. Reads take no lock; writes, discards and flushes share one, which {@link
 * #restack} and {@link #close} take for themselves. Upper layer and stack are swapped by one volatile write; a read that began
 * before goes on with the old ones, whose files stay open, since the old upper layer is the top of the new stack.
 */
public final class WritableOverlayDevice implements BlockDevice {

    private record Layers(WritableLayer upper, LayerStack lowers, StackReader lowerReader) {

        Layers(WritableLayer upper, LayerStack lowers) {
            this(upper, lowers, new StackReader(lowers));
        }
    }

    private final String name;
    private final long sizeBytes;
    private final Lock changing;
    private final Lock swapping;
    private volatile Layers layers;

    private WritableOverlayDevice(String name, Layers layers) {
        this.name = name;
        this.layers = layers;
        this.sizeBytes = layers.upper.sizeBytes();
        ReadWriteLock lock = new ReentrantReadWriteLock();
        changing = lock.readLock();
        swapping = lock.writeLock();
    }

    /**
     * Puts a writable layer on a stack, which may be {@link LayerStack#NONE}. An upper layer without a size gets that of the
     * stack, for good. Takes both over if it returns; if it throws, the caller still owns them.
     */
    public static WritableOverlayDevice of(String name, WritableLayer upper, LayerStack lowers) throws IOException {
        if (upper.header().virtualSizeBytes() == 0 && lowers.virtualSizeBytes() > 0) {
            upper.resize(lowers.virtualSizeBytes());
        }
        return new WritableOverlayDevice(name, new Layers(upper, lowers));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The layer that takes the writes now. */
    public WritableLayer upper() {
        return layers.upper;
    }

    /** The layers below it now. */
    public LayerStack lowers() {
        return layers.lowers;
    }

    /**
     * All layers as they are now, the upper one frozen (see {@link WritableLayer#freeze}), to be merged into one. The stack
     * must be used only while this device is open, and need not be closed.
     */
    public LayerStack freeze() throws IOException {
        Layers now = layers;
        SealedLayer top = now.upper.freeze();
        return now.lowers.withTop(top, now.lowers.index().withTop(top.index(), now.lowers.size()));
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        walk(offsetBytes, dst, true);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        int start = dst.position();
        boolean done = walk(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    private boolean walk(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        int limit = dst.limit();
        try {
            return walkPieces(layers, offsetBytes, dst, mayWait);
        } finally {
            dst.limit(limit);
        }
    }

    /** Sets the limit of the buffer to the end of each piece in turn. */
    private static boolean walkPieces(Layers now, long offsetBytes, ByteBuffer dst, boolean mayWait)
            throws IOException {
        long end = offsetBytes + dst.remaining();
        long at = offsetBytes;
        IndexSnapshot.Cursor segment = now.upper.snapshot().endingAfter(Sectors.containing(at));
        for (; at < end; segment.advance()) {
            long segmentStart = segment.isEnd() ? end : Sectors.toBytes(segment.offsetSectors());
            if (segmentStart > at) {
                int gap = (int) (Math.min(segmentStart, end) - at);
                dst.limit(dst.position() + gap);
                if (!now.lowerReader.read(at, dst, mayWait)) {
                    return false;
                }
                at += gap;
            }
            if (at < end) {
                int length = (int) (Math.min(Sectors.toBytes(segment.endSectors()), end) - at);
                dst.limit(dst.position() + length);
                if (!readUpper(now.upper, segment, at - segmentStart, dst, mayWait)) {
                    return false;
                }
                at += length;
            }
        }
        return true;
    }

    private static boolean readUpper(
            WritableLayer upper, IndexSnapshot.Cursor segment, long skip, ByteBuffer dst, boolean mayWait)
            throws IOException {
        if (segment.isZeroed()) {
            StackReader.fillZeros(dst, dst.remaining());
            return true;
        }
        if (mayWait) {
            upper.readData(Sectors.toBytes(segment.mappedSector()) + skip, dst);
        }
        return mayWait;
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, sizeBytes);
        Layers now = layers;
        long end = offsetBytes + lengthBytes;
        ExtentJoiner joiner = new ExtentJoiner(offsetBytes, end, visitor);
        long at = offsetBytes;
        IndexSnapshot.Cursor segment = now.upper.snapshot().endingAfter(Sectors.containing(at));
        for (; joiner.wantsMore(); segment.advance()) {
            long segmentStart = segment.isEnd() ? end : Sectors.toBytes(segment.offsetSectors());
            if (segmentStart > at) {
                now.lowerReader.extents(at, Math.min(segmentStart, end), joiner);
            }
            if (!segment.isEnd()) {
                at = Sectors.toBytes(segment.endSectors());
                joiner.extend(at, segment.isZeroed() ? ExtentKind.ZERO : ExtentKind.DATA);
            }
        }
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer src) throws IOException {
        Ranges.checkWrite(name, offsetBytes, src.remaining(), sizeBytes);
        changing.lock();
        try {
            layers.upper.write(offsetBytes, src);
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void discard(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.checkWrite(name, offsetBytes, lengthBytes, sizeBytes);
        changing.lock();
        try {
            layers.upper.discard(offsetBytes, lengthBytes);
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void flush() throws IOException {
        changing.lock();
        try {
            layers.upper.flush();
        } finally {
            changing.unlock();
        }
    }

    /**
     * Takes a live snapshot: seals the upper layer where it lies, puts it on top of the stack, and lets {@code newUpper} take
     * the writes from then on. Reads go on meanwhile, writes wait. Takes over {@code newUpper} if it returns; if it throws,
     * the caller still owns it and the device goes on as before.
     *
     * @throws IllegalArgumentException if {@code newUpper} is of another kind or size, or has been written to
     */
    public void restack(WritableLayer newUpper) throws IOException {
        swapping.lock();
        try {
            Layers before = layers;
            checkFits(newUpper, before.upper);
            MergedIndex merged =
                    before.lowers.index().withTop(before.upper.snapshot().toLayerIndex(), before.lowers.size());
            SealedLayer sealed = before.upper.seal();
            layers = new Layers(newUpper, before.lowers.withTop(sealed, merged));
        } finally {
            swapping.unlock();
        }
    }

    private void checkFits(WritableLayer newUpper, WritableLayer oldUpper) throws IOException {
        if (newUpper.kind() != oldUpper.kind() || newUpper.snapshot().size() > 0) {
            throw new IllegalArgumentException(newUpper.name() + ": expected an empty layer of kind " + oldUpper.kind()
                    + ", found kind " + newUpper.kind() + " with "
                    + newUpper.snapshot().size() + " segments");
        }
        if (newUpper.header().virtualSizeBytes() == 0) {
            newUpper.resize(oldUpper.header().virtualSizeBytes());
        }
        if (newUpper.sizeBytes() != sizeBytes) {
            throw new IllegalArgumentException(
                    newUpper.name() + ": size: expected " + sizeBytes + " bytes, found " + newUpper.sizeBytes());
        }
    }

    /** Flushes and closes all layers, whichever fails. */
    @Override
    @SuppressWarnings("try")
    public void close() throws IOException {
        swapping.lock();
        try (LayerStack lowers = layers.lowers) {
            layers.upper.close();
        } finally {
            swapping.unlock();
        }
    }
}
