package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.PageManager;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory shared with the kernel, or with nobody. Of any length: a {@link ByteBuffer} reaches over less than 2 GiB, so the
 * region is seen through windows that overlap by half.
 *
 * <p>A slice does not keep the region alive. Touching one after {@link #close} kills the VM, or shows other memory: who
 * closes makes sure before that nobody holds a slice any more.
 *
 * <p>Thread-safety: any thread may slice; who shares the bytes orders the accesses.
 */
public final class MappedRegion implements Closeable {

    /** The longest slice there is, in bytes. */
    public static final int MAX_SLICE_BYTES = 1 << 30;

    private static final int NO_FILE = -1;
    private static final long PAGE_BYTES = PageManager.getInstance().pageSize();

    private final String name;
    private final long address;
    private final long lengthBytes;
    private final ByteBuffer[] windows;
    private boolean closed;

    private MappedRegion(String name, long address, long lengthBytes) {
        this.name = name;
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.windows = new ByteBuffer[Math.toIntExact((lengthBytes + MAX_SLICE_BYTES - 1) / MAX_SLICE_BYTES)];
        for (int i = 0; i < windows.length; i++) {
            long offset = (long) i * MAX_SLICE_BYTES;
            int bytes = (int) Math.min(Integer.MAX_VALUE, lengthBytes - offset);
            windows[i] = MemoryIO.getInstance().newDirectByteBuffer(address + offset, bytes);
        }
    }

    /** Zeros that no file is behind. */
    public static MappedRegion anonymous(long lengthBytes) throws IOException {
        return map("anonymous memory", NO_FILE, LibC.MAP_SHARED | LibC.MAP_ANONYMOUS, lengthBytes);
    }

    /** The first bytes of an open file, shared, for reading and writing. */
    static MappedRegion shared(String name, int fd, long lengthBytes) throws IOException {
        return map(name, fd, LibC.MAP_SHARED, lengthBytes);
    }

    /**
     * In two steps: of a mapping that may be accessed at once, in a process that is kept in memory, the kernel would look at every
     * page, and complain of those of a device that are not there yet.
     */
    private static MappedRegion map(String name, int fd, int flags, long lengthBytes) throws IOException {
        long address = LibC.INSTANCE.mmap(null, lengthBytes, LibC.PROT_NONE, flags, fd, 0);
        if (address == LibC.MAP_FAILED) {
            throw LibC.failure("cannot map " + lengthBytes + " bytes of " + name);
        }
        if (LibC.INSTANCE.mprotect(address, lengthBytes, LibC.PROT_READ | LibC.PROT_WRITE) < 0) {
            IOException failure = LibC.failure("cannot access " + lengthBytes + " bytes of " + name);
            LibC.INSTANCE.munmap(address, lengthBytes);
            throw failure;
        }
        return new MappedRegion(name, address, lengthBytes);
    }

    /** Length in bytes. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /**
     * A view of a range, in native byte order, with a position of its own.
     *
     * @throws IndexOutOfBoundsException if the range does not lie within the region or is longer than {@link
     *     #MAX_SLICE_BYTES}
     */
    public synchronized ByteBuffer slice(long offsetBytes, long sliceBytes) {
        if (closed) {
            throw new IllegalStateException(name + ": is unmapped");
        }
        checkRange(offsetBytes, sliceBytes);
        int window = windowOf(offsetBytes);
        return windows[window]
                .slice(within(window, offsetBytes), (int) sliceBytes)
                .order(ByteOrder.nativeOrder());
    }

    /** A view that can be moved, for who looks at one range after the other and wants no garbage. */
    public View movableView() {
        return new View();
    }

    /** Shows one range of the region at a time. Thread-confined. */
    public final class View {

        private final ByteBuffer[] duplicates = new ByteBuffer[windows.length];

        private View() {}

        /**
         * A buffer whose position and limit bound a range, in native byte order. Its position is not 0, it reaches beyond
         * the range if it is cleared, and the next move changes it.
         *
         * @throws IndexOutOfBoundsException as {@link MappedRegion#slice}
         */
        public ByteBuffer moveTo(long offsetBytes, long rangeBytes) {
            checkRange(offsetBytes, rangeBytes);
            int window = windowOf(offsetBytes);
            if (duplicates[window] == null) {
                duplicates[window] = windows[window].duplicate().order(ByteOrder.nativeOrder());
            }
            int within = within(window, offsetBytes);
            return duplicates[window].limit(within + (int) rangeBytes).position(within);
        }
    }

    private void checkRange(long offsetBytes, long rangeBytes) {
        if (!contains(offsetBytes, rangeBytes) || rangeBytes > MAX_SLICE_BYTES) {
            throw outOfBounds(offsetBytes, rangeBytes);
        }
    }

    private IndexOutOfBoundsException outOfBounds(long offsetBytes, long rangeBytes) {
        return new IndexOutOfBoundsException(
                name + ": no " + rangeBytes + " bytes at byte " + offsetBytes + " of " + lengthBytes);
    }

    private int windowOf(long offsetBytes) {
        return (int) Math.min(offsetBytes / MAX_SLICE_BYTES, windows.length - 1);
    }

    private static int within(int window, long offsetBytes) {
        return (int) (offsetBytes - (long) window * MAX_SLICE_BYTES);
    }

    /** Whether a range lies within the region. */
    public boolean contains(long offsetBytes, long rangeBytes) {
        return offsetBytes >= 0 && rangeBytes >= 0 && rangeBytes <= lengthBytes - offsetBytes;
    }

    /**
     * Says that a range will not be looked at soon: its whole pages do not count as memory of this process until then. What they hold
     * stays, the kernel or a file has it. Where the system will not, nothing happens.
     *
     * @throws IndexOutOfBoundsException if the range does not lie within the region
     */
    public synchronized void letGo(long offsetBytes, long rangeBytes) {
        if (!contains(offsetBytes, rangeBytes)) {
            throw outOfBounds(offsetBytes, rangeBytes);
        }
        long from = offsetBytes / PAGE_BYTES * PAGE_BYTES;
        long to = (offsetBytes + rangeBytes) / PAGE_BYTES * PAGE_BYTES;
        if (!closed && to > from) {
            LibC.INSTANCE.madvise(address + from, to - from, LibC.MADV_DONTNEED);
        }
    }

    /** Gives the address range back. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.INSTANCE.munmap(address, lengthBytes);
        }
    }
}
