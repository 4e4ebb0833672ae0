package io.overlaybd.service.ext4;

import io.overlaybd.io.BlockDevice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A raw image in a file, perhaps shorter than that, some of whose bytes read as others. */
final class FileDevice implements BlockDevice {

    private final FileChannel file;
    private final long sizeBytes;
    final TreeMap<Long, Byte> damage = new TreeMap<>();

    private FileDevice(FileChannel file, long sizeBytes) {
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    static FileDevice of(Path path) throws IOException {
        FileChannel file = FileChannel.open(path);
        return new FileDevice(file, file.size());
    }

    FileDevice cutTo(long bytes) {
        FileDevice cut = new FileDevice(file, bytes);
        cut.damage.putAll(damage);
        return cut;
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        if (offsetBytes < 0 || offsetBytes > sizeBytes - dst.remaining()) {
            throw new EOFException("byte " + offsetBytes);
        }
        int start = dst.position();
        while (dst.hasRemaining()) {
            file.read(dst, offsetBytes + dst.position() - start);
        }
        for (Map.Entry<Long, Byte> wrong :
                damage.subMap(offsetBytes, offsetBytes + dst.position() - start).entrySet()) {
            dst.put((int) (wrong.getKey() - offsetBytes) + start, wrong.getValue());
        }
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {
        visitor.visit(offsetBytes, lengthBytes, ExtentKind.DATA);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
