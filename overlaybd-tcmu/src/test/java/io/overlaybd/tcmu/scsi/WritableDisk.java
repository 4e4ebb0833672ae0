package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A memory device that can be written, that remembers how, and that fails if a test wants so. Thread-safe. */
final class WritableDisk implements BlockDevice {

    private final MemoryDevice memory;
    private final List<String> changes = new ArrayList<>();
    private IOException failure;

    WritableDisk(MemoryDevice memory) {
        this.memory = memory;
    }

    /** Every change fails with this from now on; null ends that. */
    synchronized void failWith(IOException failure) {
        this.failure = failure;
    }

    /** What was done since the last call: {@code write 0 512}, {@code discard 512 1024}, {@code flush}. */
    synchronized List<String> takeChanges() {
        List<String> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }

    private void change(String what) throws IOException {
        if (failure != null) {
            throw failure;
        }
        changes.add(what);
    }

    @Override
    public String name() {
        return memory.name();
    }

    @Override
    public long sizeBytes() {
        return memory.sizeBytes();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public synchronized void read(long offsetBytes, ByteBuffer dst) throws IOException {
        memory.read(offsetBytes, dst);
    }

    @Override
    public synchronized void write(long offsetBytes, ByteBuffer src) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, src.remaining(), sizeBytes());
        change("write " + offsetBytes + " " + src.remaining());
        byte[] bytes = new byte[src.remaining()];
        src.get(bytes);
        memory.write(offsetBytes, bytes);
    }

    @Override
    public synchronized void discard(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, lengthBytes, sizeBytes());
        change("discard " + offsetBytes + " " + lengthBytes);
        memory.zero(offsetBytes, (int) lengthBytes);
    }

    @Override
    public synchronized void flush() throws IOException {
        change("flush");
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        memory.extents(offsetBytes, lengthBytes, visitor);
    }

    @Override
    public void close() {}
}
