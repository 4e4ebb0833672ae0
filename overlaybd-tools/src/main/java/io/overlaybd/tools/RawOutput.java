package io.overlaybd.tools;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** Where the bytes of a device go, in order. Thread-confined. */
interface RawOutput extends Closeable {

    /** Appends all remaining bytes. */
    void data(ByteBuffer src) throws IOException;

    /** Appends zeros. */
    void zeros(long lengthBytes) throws IOException;

    /** Makes it complete. */
    void finish() throws IOException;

    /** A new file in which zeros are holes; there only when finished. Takes over the target. */
    static RawOutput sparse(Target target) {
        return new RawOutput() {
            @Override
            public void data(ByteBuffer src) throws IOException {
                target.sink().write(src);
            }

            @Override
            public void zeros(long lengthBytes) {
                target.sink().skip(lengthBytes);
            }

            @Override
            public void finish() throws IOException {
                target.sink().finish();
            }

            @Override
            public void close() throws IOException {
                target.close();
            }
        };
    }

    /** Standard output, or a stream in its place, which gets every byte. Not closed. */
    static RawOutput stream(OutputStream stream) {
        // A PrintStream hides errors; the stream below standard output does not.
        OutputStream direct = stream == System.out ? new FileOutputStream(FileDescriptor.out) : stream;
        WritableByteChannel channel = Channels.newChannel(direct);
        return new RawOutput() {
            private final ByteBuffer zeros = ByteBuffer.allocateDirect(64 * 1024);

            @Override
            public void data(ByteBuffer src) throws IOException {
                try {
                    while (src.hasRemaining()) {
                        channel.write(src);
                    }
                } catch (IOException e) {
                    throw new IOException("standard output: cannot write: " + e.getMessage(), e);
                }
            }

            @Override
            public void zeros(long lengthBytes) throws IOException {
                for (long left = lengthBytes; left > 0; left -= zeros.capacity()) {
                    data(zeros.clear().limit((int) Math.min(left, zeros.capacity())));
                }
            }

            @Override
            public void finish() throws IOException {
                direct.flush();
            }

            @Override
            public void close() {}
        };
    }
}
