package io.overlaybd.cache;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.CRC32C;

/**
 * The two files of one open blob: its bytes, sparse and raw, and the record of which units of them are present.
 *
 * <p>Thread-safety: reads by any thread; a unit is loaded, stored and dropped only by who has claimed it. Closing waits for
 * changes that are under way, so that none of them meets the next opening of the same files.
 */
final class UnitFiles implements Closeable {

    private static final int PAGE_BYTES = 4096;
    private static final int BOUNCE_BYTES = 64 << 10;
    private static final ThreadLocal<ByteBuffer> BOUNCE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

    /** Shared by changes of the files, exclusive for closing. */
    private final ReadWriteLock changes = new ReentrantReadWriteLock();

    private final Path path;
    private final CacheFile data;
    private final PresenceFile presence;
    private boolean closed; // guarded by changes

    /** Written with the first unit that is stored, so that a blob of which nothing is kept takes no space. */
    private volatile PresenceHeader pendingHeader;

    private UnitFiles(Path path, CacheFile data, PresenceFile presence) {
        this.path = path;
        this.data = data;
        this.presence = presence;
    }

    static UnitFiles open(Path dataPath, Path presencePath, CacheFile.Opener files) throws IOException {
        refuseAllButRegularFiles(dataPath);
        refuseAllButRegularFiles(presencePath);
        CacheFile data = files.open(dataPath);
        try {
            return new UnitFiles(dataPath, data, PresenceFile.open(presencePath, files));
        } catch (IOException e) {
            data.close();
            throw e;
        }
    }

    /** What is neither absent nor a file was not made by us, and writing to it could harm something. */
    private static void refuseAllButRegularFiles(Path path) throws IOException {
        boolean regular = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        if (!regular && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is not a regular file");
        }
    }

    Path path() {
        return path;
    }

    CacheFile data() {
        return data;
    }

    PresenceFile presence() {
        return presence;
    }

    /** Fills {@code dst} from the blob's file; a file that ends too early is an {@link EOFException}. */
    void read(long offsetBytes, ByteBuffer dst) throws IOException {
        read(offsetBytes, dst, true);
    }

    /** {@link #read}, or false, with {@code dst} anyhow, if that would have to wait for the disk and may not. */
    boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        if (dst.isDirect()) {
            return readDirect(offsetBytes, dst, mayWait);
        }
        ByteBuffer bounce = BOUNCE.get();
        for (long at = offsetBytes; dst.hasRemaining(); at += bounce.limit()) {
            bounce.clear().limit(Math.min(BOUNCE_BYTES, dst.remaining()));
            if (!readDirect(at, bounce, mayWait)) {
                return false;
            }
            dst.put(bounce.flip());
        }
        return true;
    }

    private boolean readDirect(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        for (long at = offsetBytes; dst.hasRemaining(); ) {
            int count = mayWait ? data.read(at, dst) : data.tryRead(at, dst);
            if (count == FileDescriptor.WOULD_BLOCK) {
                return false;
            }
            if (count == 0) {
                throw new EOFException(path + ": ends at byte " + at + " although more was stored");
            }
            at += count;
        }
        return true;
    }

    /** Starts the blob anew, with nothing stored. */
    void start(PresenceHeader header) throws IOException {
        presence.clear();
        data.truncate(0);
        data.truncate(header.grid().blobBytes());
        pendingHeader = header;
    }

    /** Whether a unit is recorded as present. */
    boolean isRecorded(int unit) throws IOException {
        return presence.checksum(unit).isPresent();
    }

    /** What became of an attempt to load a unit. */
    enum Loaded {
        ABSENT,
        RIGHT,
        /** Recorded as present, but the bytes are not those that were recorded. */
        WRONG
    }

    /** Reads a whole unit into {@code dst}, all of it, and compares it with its record. */
    Loaded load(int unit, long offsetBytes, ByteBuffer dst) throws IOException {
        OptionalInt expected = presence.checksum(unit);
        if (expected.isEmpty()) {
            return Loaded.ABSENT;
        }
        try {
            read(offsetBytes, dst.duplicate());
        } catch (EOFException cut) {
            return Loaded.WRONG;
        }
        return checksum(dst) == expected.getAsInt() ? Loaded.RIGHT : Loaded.WRONG;
    }

    /** Writes adjacent whole units, then their records. */
    void store(int first, int count, UnitGrid grid, ByteBuffer bytes) throws IOException {
        int[] checksums = new int[count];
        for (int i = 0; i < count; i++) {
            checksums[i] = checksum(bytes.slice(i * grid.unitBytes(), grid.lengthBytes(first + i)));
        }
        change(() -> {
            data.write(grid.startBytes(first), bytes.duplicate());
            writePendingHeader();
            presence.markPresent(first, checksums);
        });
    }

    private void writePendingHeader() throws IOException {
        PresenceHeader header = pendingHeader;
        if (header != null) {
            presence.writeHeader(header);
            pendingHeader = null;
        }
    }

    /** Clears the records of adjacent units, then gives their space back, that of a last page cut short too. */
    void drop(int first, int count, long offsetBytes, long lengthBytes) throws IOException {
        long wholePages = (lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        change(() -> {
            for (int unit = first; unit < first + count; unit++) {
                presence.markAbsent(unit);
            }
            data.punchHole(offsetBytes, wholePages);
        });
    }

    /** Forgets the length of the blob: the next opening starts anew. */
    void condemn() throws IOException {
        change(presence::eraseHeader);
    }

    long allocatedBytes() throws IOException {
        return data.allocatedBytes() + presence.allocatedBytes();
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** Something done to the files. */
    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    private void change(Change change) throws IOException {
        changes.readLock().lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            change.run();
        } finally {
            changes.readLock().unlock();
        }
    }

    /** Waits for changes under way and refuses further ones. */
    void endChanges() {
        changes.writeLock().lock();
        closed = true;
        changes.writeLock().unlock();
    }

    @Override
    public void close() {
        endChanges();
        presence.close();
        data.close();
    }
}
