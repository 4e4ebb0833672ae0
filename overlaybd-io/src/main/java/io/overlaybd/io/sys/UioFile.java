package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A device that a driver in user space serves ({@code /dev/uioN}): memory shared with the kernel, and a word to write when
 * there is something to see in it. Opens once only in the whole system.
 *
 * <p>Thread-safety: confined to one thread at a time; {@link MappedRegion} says what closing demands.
 */
public final class UioFile implements Closeable {

    private static final ByteBuffer ANY_WORD = ByteBuffer.allocateDirect(Integer.BYTES);
    private static final long ANY_WORD_ADDRESS = MemoryIO.getInstance().getDirectBufferAddress(ANY_WORD);

    private final Path path;
    private final int number;
    private final MappedRegion region;
    private boolean closed;

    private UioFile(Path path, int number, MappedRegion region) {
        this.path = path;
        this.number = number;
        this.region = region;
    }

    /** Opens a device whose memory has exactly this length. */
    public static UioFile open(Path path, long lengthBytes) throws IOException {
        int number = LibC.INSTANCE.open(path.toString(), LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        if (number < 0) {
            throw LibC.failure("cannot open " + path);
        }
        try {
            return new UioFile(path, number, MappedRegion.shared(path.toString(), number, lengthBytes));
        } catch (IOException | RuntimeException e) {
            LibC.INSTANCE.close(number);
            throw e;
        }
    }

    /** The number of the descriptor, valid until closed, to wait for events with. */
    public int number() {
        return number;
    }

    /** The shared memory; lives as long as this. */
    public MappedRegion region() {
        return region;
    }

    /** Has the kernel look. */
    public void kick() throws IOException {
        while (LibC.INSTANCE.write(number, ANY_WORD_ADDRESS, Integer.BYTES) < 0) {
            if (LibC.errno() != LibC.EINTR) {
                throw LibC.failure("cannot kick " + path);
            }
        }
    }

    /** Unmaps and closes. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            region.close();
            LibC.INSTANCE.close(number);
        }
    }
}
