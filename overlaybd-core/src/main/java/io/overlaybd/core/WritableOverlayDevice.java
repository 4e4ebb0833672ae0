package io.overlaybd.core;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A writable layer over a stack of finished ones, as a disk. How a read goes: {@link UpperReader}.
 *
 * <p>Thread-safety: any thread may do anything. Reads take no lock; writes, discards and flushes share one, which {@link
 * #restack}, {@link #grow} and {@link #close} take for themselves. Upper layer and stack are swapped by one volatile write; a
 * read that began before goes on with the old ones, whose files stay open, since the old upper layer is the top of the
 * new stack.
 */
public final class WritableOverlayDevice implements BlockDevice {

    private record Layers(WritableLayer upper, LayerStack lowers, UpperReader reader) {

        static Layers of(WritableLayer upper, LayerStack lowers) {
            StackReader lowerReader = new StackReader(lowers);
            upper.standOn(lowerReader);
            return new Layers(upper, lowers, new UpperReader(upper, lowerReader));
        }
    }

    private final String name;
    private final Lock changing;
    private final Lock swapping;
    private volatile Layers layers;
    private volatile long sizeBytes;

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
        return new WritableOverlayDevice(name, Layers.of(upper, lowers));
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
        layers.reader.read(offsetBytes, dst, true);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        int start = dst.position();
        boolean done = layers.reader.read(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, sizeBytes);
        long end = offsetBytes + lengthBytes;
        layers.reader.extents(offsetBytes, end, new ExtentJoiner(offsetBytes, end, visitor));
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
     * the caller still owns it and the device goes on as before. At every moment at least one of two images has all that was
     * acknowledged: that of before, whose upper layer opens as such even when it is sealed, until {@code publication} is done;
     * the new one from then on.
     *
     * @throws IllegalArgumentException if {@code newUpper} is of another size, or has been written to, or is sparse where the upper
     *     layer is not, or the other way round
     */
    public void restack(WritableLayer newUpper, Publication publication) throws IOException {
        swapping.lock();
        try {
            Layers before = layers;
            checkFits(newUpper, before.upper);
            MergedIndex merged =
                    before.lowers.index().withTop(before.upper.snapshot().toLayerIndex(), before.lowers.size());
            SealedLayer sealed = before.upper.seal(publication);
            layers = Layers.of(newUpper, before.lowers.withTop(sealed, merged));
        } finally {
            swapping.unlock();
        }
    }

    private void checkFits(WritableLayer newUpper, WritableLayer oldUpper) throws IOException {
        boolean sameKind = (newUpper.kind() == Kind.SPARSE) == (oldUpper.kind() == Kind.SPARSE);
        if (!sameKind || newUpper.snapshot().size() > 0) {
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

    /**
     * Makes the disk larger, durably; what is new reads as zeros, whatever lower layers once had there. Frontends that have
     * asked for the size already do not learn of it.
     *
     * @throws IllegalArgumentException if it would get smaller
     */
    public void grow(long newSizeBytes) throws IOException {
        swapping.lock();
        try {
            Layers now = layers;
            long oldSectors = Sectors.containing(sizeBytes);
            long newSectors = Sectors.containing(newSizeBytes);
            if (newSectors > oldSectors && !now.lowers.isHole(oldSectors, newSectors)) {
                // First, so that a crash leaves no larger disk with them.
                now.upper.discardSectors(oldSectors, newSectors - oldSectors);
                now.upper.flush();
            }
            now.upper.resize(newSizeBytes);
            sizeBytes = now.upper.sizeBytes();
        } finally {
            swapping.unlock();
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
