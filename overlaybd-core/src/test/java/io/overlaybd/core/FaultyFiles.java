package io.overlaybd.core;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Files of a layer of which one call fails: the n-th write, cut, hole or sync, counted over all of them. A write that fails has
 * written its first half, of a data file in whole pages, as on a full disk. Thread-confined.
 */
final class FaultyFiles implements LayerFiles {

    /** What a call does to a file. */
    enum Call {
        WRITE,
        TRUNCATE,
        PUNCH,
        SYNC,
        SYNC_DIRECTORY
    }

    private static final int PAGE_BYTES = 4096;

    private final long failingCall;
    private final boolean stays;
    private long calls;
    private Call failed;

    /** {@code stays}: calls of that sort fail from then on. */
    FaultyFiles(long failingCall, boolean stays) {
        this.failingCall = failingCall;
        this.stays = stays;
    }

    /** What failed first, or null. */
    Call failed() {
        return failed;
    }

    private boolean fails(Call call) {
        calls++;
        if (calls == failingCall) {
            failed = call;
            return true;
        }
        return stays && failed == call;
    }

    private void maybeFail(Call call, Path path) throws IOException {
        if (fails(call)) {
            throw new IOException(call + " of " + path + " fails on purpose");
        }
    }

    @Override
    public LayerFile wrap(Path path, FileDescriptor file) {
        return new FaultyFile(path, file);
    }

    private final class FaultyFile extends LayerFile {

        FaultyFile(Path path, FileDescriptor file) {
            super(path, file);
        }

        @Override
        void writeDirect(long offsetBytes, ByteBuffer direct) throws IOException {
            if (fails(Call.WRITE)) {
                super.writeDirect(offsetBytes, direct.slice(direct.position(), half(offsetBytes, direct.remaining())));
                throw new IOException("write at " + offsetBytes + " of " + path() + " fails on purpose");
            }
            super.writeDirect(offsetBytes, direct);
        }

        private int half(long offsetBytes, int length) {
            boolean isData = path().getFileName().toString().startsWith("data");
            long end = offsetBytes + length / 2;
            return (int) Math.max(0, (isData ? end / PAGE_BYTES * PAGE_BYTES : end) - offsetBytes);
        }

        @Override
        void truncate(long sizeBytes) throws IOException {
            maybeFail(Call.TRUNCATE, path());
            super.truncate(sizeBytes);
        }

        @Override
        void punchHole(long offsetBytes, long lengthBytes) throws IOException {
            maybeFail(Call.PUNCH, path());
            super.punchHole(offsetBytes, lengthBytes);
        }

        @Override
        void sync() throws IOException {
            maybeFail(Call.SYNC, path());
            super.sync();
        }

        @Override
        void syncDirectory() throws IOException {
            maybeFail(Call.SYNC_DIRECTORY, path());
            super.syncDirectory();
        }
    }
}
