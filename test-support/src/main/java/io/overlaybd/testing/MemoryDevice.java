package io.overlaybd.testing;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Random;

/**
 * A disk on the heap that knows of each sector whether it is data, zero or a hole, and never blocks. It is made of holes
 * until {@link #write} and {@link #zero}. Thread-safe once nobody changes it.
 */
public final class MemoryDevice implements BlockDevice {

    private final String name;
    private final byte[] bytes;
    private final ExtentKind[] kinds;
    private volatile boolean closed;

    /** A device of holes; the size is a multiple of {@link BlockDevice#SECTOR_BYTES}. */
    public MemoryDevice(String name, int sizeBytes) {
        if (sizeBytes % SECTOR_BYTES != 0) {
            throw new IllegalArgumentException(sizeBytes + " bytes are not whole sectors");
        }
        this.name = name;
        this.bytes = new byte[sizeBytes];
        this.kinds = new ExtentKind[sizeBytes / SECTOR_BYTES];
        Arrays.fill(kinds, ExtentKind.HOLE);
    }

    /** A device of which about half is random data, in runs of 1 to {@code longestRunSectors} sectors of each kind. */
    public static MemoryDevice random(Random random, int sizeBytes, int longestRunSectors) {
        MemoryDevice device = new MemoryDevice("memory", sizeBytes);
        for (int sector = 0; sector < device.kinds.length; ) {
            int run = Math.min(1 + random.nextInt(longestRunSectors), device.kinds.length - sector);
            switch (random.nextInt(4)) {
                case 0 -> device.zero((long) sector * SECTOR_BYTES, run * SECTOR_BYTES);
                case 1 -> {}
                default -> {
                    byte[] data = new byte[run * SECTOR_BYTES];
                    random.nextBytes(data);
                    device.write((long) sector * SECTOR_BYTES, data);
                }
            }
            sector += run;
        }
        return device;
    }

    /** Makes whole sectors data. */
    public void write(long offsetBytes, byte[] data) {
        System.arraycopy(data, 0, bytes, (int) offsetBytes, data.length);
        mark(offsetBytes, data.length, ExtentKind.DATA);
    }

    /** Makes whole sectors zero. */
    public void zero(long offsetBytes, int lengthBytes) {
        Arrays.fill(bytes, (int) offsetBytes, (int) offsetBytes + lengthBytes, (byte) 0);
        mark(offsetBytes, lengthBytes, ExtentKind.ZERO);
    }

    private void mark(long offsetBytes, int lengthBytes, ExtentKind kind) {
        if ((offsetBytes | lengthBytes) % SECTOR_BYTES != 0) {
            throw new IllegalArgumentException("not whole sectors: " + lengthBytes + " bytes at " + offsetBytes);
        }
        int first = (int) (offsetBytes / SECTOR_BYTES);
        Arrays.fill(kinds, first, first + lengthBytes / SECTOR_BYTES, kind);
    }

    /** A copy of a range, to compare with. */
    public byte[] copy(long offsetBytes, int lengthBytes) {
        return Arrays.copyOfRange(bytes, (int) offsetBytes, (int) offsetBytes + lengthBytes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws EOFException, ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        Ranges.check(name, offsetBytes, dst.remaining(), bytes.length);
        dst.put(bytes, (int) offsetBytes, dst.remaining());
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws EOFException, ClosedChannelException {
        read(offsetBytes, dst);
        return true;
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws EOFException {
        Ranges.check(name, offsetBytes, lengthBytes, bytes.length);
        long end = offsetBytes + lengthBytes;
        boolean more = true;
        for (long at = offsetBytes; more && at < end; ) {
            int sector = (int) (at / SECTOR_BYTES);
            ExtentKind kind = kinds[sector];
            while (sector < kinds.length && kinds[sector] == kind && (long) sector * SECTOR_BYTES < end) {
                sector++;
            }
            long next = Math.min(end, (long) sector * SECTOR_BYTES);
            more = visitor.visit(at, next - at, kind);
            at = next;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
