package io.overlaybd.cache;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that gives input/output errors when the test says so. A write that fails has written its first half, a read has filled its
 * first half. Thread-safe.
 */
final class FailingDisk implements CacheFile.Opener {

    /** What is done to a file. */
    enum Call {
        OPEN,
        READ,
        WRITE,
        TRUNCATE,
        PUNCH,
        SEEK,
        STAT
    }

    /** Which calls fail. */
    @FunctionalInterface
    interface Fault {
        boolean hits(Call call, boolean isRecord);
    }

    static final Fault NONE = (call, isRecord) -> false;

    volatile Fault fault = NONE;
    final AtomicInteger failures = new AtomicInteger();

    private boolean fails(Call call, Path path) {
        boolean isRecord = path.getParent().getFileName().toString().endsWith(".presence");
        boolean hit = fault.hits(call, isRecord);
        if (hit) {
            failures.incrementAndGet();
        }
        return hit;
    }

    private void maybeFail(Call call, Path path) throws IOException {
        if (fails(call, path)) {
            throw new IOException(call + " of " + path + ": Input/output error");
        }
    }

    @Override
    public CacheFile open(Path path) throws IOException {
        maybeFail(Call.OPEN, path);
        return new Failing(path, FileDescriptor.openReadWrite(path));
    }

    private final class Failing extends CacheFile {

        private final Path path;

        Failing(Path path, FileDescriptor file) {
            super(file);
            this.path = path;
        }

        private static ByteBuffer half(ByteBuffer direct) {
            return direct.duplicate().limit(direct.position() + direct.remaining() / 2);
        }

        @Override
        int read(long offsetBytes, ByteBuffer direct) throws IOException {
            if (fails(Call.READ, path)) {
                super.read(offsetBytes, half(direct));
                throw new IOException("read of " + path + ": Input/output error");
            }
            return super.read(offsetBytes, direct);
        }

        @Override
        int tryRead(long offsetBytes, ByteBuffer direct) throws IOException {
            maybeFail(Call.READ, path);
            return super.tryRead(offsetBytes, direct);
        }

        @Override
        void write(long offsetBytes, ByteBuffer direct) throws IOException {
            if (fails(Call.WRITE, path)) {
                super.write(offsetBytes, half(direct));
                throw new IOException("write of " + path + ": Input/output error");
            }
            super.write(offsetBytes, direct);
        }

        @Override
        void truncate(long sizeBytes) throws IOException {
            maybeFail(Call.TRUNCATE, path);
            super.truncate(sizeBytes);
        }

        @Override
        void punchHole(long offsetBytes, long lengthBytes) throws IOException {
            maybeFail(Call.PUNCH, path);
            super.punchHole(offsetBytes, lengthBytes);
        }

        @Override
        long sizeBytes() throws IOException {
            maybeFail(Call.SEEK, path);
            return super.sizeBytes();
        }

        @Override
        long nextData(long offsetBytes) throws IOException {
            maybeFail(Call.SEEK, path);
            return super.nextData(offsetBytes);
        }

        @Override
        long nextHole(long offsetBytes) throws IOException {
            maybeFail(Call.SEEK, path);
            return super.nextHole(offsetBytes);
        }

        @Override
        long allocatedBytes() throws IOException {
            maybeFail(Call.STAT, path);
            return super.allocatedBytes();
        }
    }
}
