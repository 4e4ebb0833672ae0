package io.overlaybd.core;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * Keeps the records that wait for a flush from ending with the process: they stand in a file beside the index file, which the
 * kernel writes to the disk when it likes.
 *
 * <pre>
 *  file   = owner  record...
 *           128    16 each, little-endian
 *  owner  = what this is, the boot of the kernel, the layer's uuid; a line each, filled up with spaces
 * </pre>
 *
 * After the end of the process the data that the records tell of is still in the kernel's cache, and they are right. After a
 * power loss it may not be, so records of another boot do not count. The records are the end of the layer's history, and may
 * begin with some that the index file has already: to replay those once more changes nothing.
 *
 * <p>The file is there only while records wait. Guarded by its owner.
 */
final class UnsyncedRecords implements Closeable {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int OWNER_BYTES = 128;
    private static final int PIECE_BYTES = 64 * 1024;

    private final Path path;
    private final byte[] owner;
    private final ByteBuffer record =
            ByteBuffer.allocateDirect(SegmentMapping.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private FileDescriptor file;
    private long endBytes = OWNER_BYTES;

    /** For the layer with this index file; nothing is read or written yet. */
    UnsyncedRecords(Path indexPath, LayerUuid uuid) throws IOException {
        path = indexPath.resolveSibling(indexPath.getFileName() + ".unsynced");
        owner = owner(uuid);
    }

    private static byte[] owner(LayerUuid uuid) throws IOException {
        String boot = Files.isReadable(BOOT)
                ? Files.readString(BOOT).strip()
                : UUID.randomUUID().toString();
        byte[] text =
                ("overlaybd unsynced records 1\n" + boot + "\n" + uuid + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] padded = Arrays.copyOf(text, OWNER_BYTES);
        Arrays.fill(padded, Math.min(text.length, OWNER_BYTES), OWNER_BYTES, (byte) ' ');
        return padded;
    }

    /** How many records there are. */
    long size() {
        return (endBytes - OWNER_BYTES) / SegmentMapping.BYTES;
    }

    /** Hands out what an earlier process left, up to the first record that cannot be one; new ones will come after it. */
    void recover(IndexLog.RecordVisitor visitor) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        file = FileDescriptor.openReadWrite(path);
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        read(0, piece.limit(OWNER_BYTES));
        byte[] found = new byte[piece.flip().remaining()];
        piece.get(found);
        if (!Arrays.equals(owner, found)) {
            discard();
            return;
        }
        boolean good = true;
        while (good) {
            read(endBytes, piece.clear());
            piece.flip();
            good = piece.remaining() >= SegmentMapping.BYTES;
            while (good && piece.remaining() >= SegmentMapping.BYTES) {
                good = IndexLog.take(visitor, piece.getLong(), piece.getLong());
                endBytes += good ? SegmentMapping.BYTES : 0;
            }
        }
        file.truncate(endBytes);
    }

    /** Fills the buffer as far as the file goes. */
    private void read(long offsetBytes, ByteBuffer dst) throws IOException {
        long at = offsetBytes;
        int count;
        do {
            count = file.read(at, dst);
            at += count;
        } while (count > 0 && dst.hasRemaining());
    }

    void add(long low, long high) throws IOException {
        if (file == null) {
            file = FileDescriptor.openReadWrite(path);
            file.truncate(0);
            file.write(0, ByteBuffer.allocateDirect(OWNER_BYTES).put(owner).flip());
        }
        file.write(endBytes, record.clear().putLong(low).putLong(high).flip());
        endBytes += SegmentMapping.BYTES;
    }

    /** None waits any more. */
    void clear() throws IOException {
        if (endBytes > OWNER_BYTES) {
            file.truncate(OWNER_BYTES);
            endBytes = OWNER_BYTES;
        }
    }

    /** Removes the file, whatever is in it. */
    void discard() throws IOException {
        close();
        Files.deleteIfExists(path);
        endBytes = OWNER_BYTES;
    }

    /** Leaves the file as it is. */
    @Override
    public void close() {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
