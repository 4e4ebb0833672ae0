package io.overlaybd.testing.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** The body of an answer on its way to the client, with what a test does to it. Thread-confined. */
final class TamperedStream extends OutputStream {

    /** The place was reached from which on nothing more is sent. */
    static final class Cut extends IOException {

        private static final long serialVersionUID = 1L;

        private final boolean stalls;

        Cut(boolean stalls) {
            super("cut");
            this.stalls = stalls;
        }

        /** Whether the connection stays. */
        boolean stalls() {
            return stalls;
        }
    }

    private final OutputStream out;
    private final Fault.Tamper tamper;
    private final Throttle throttle;
    private long at;

    TamperedStream(OutputStream out, Fault.Tamper tamper, Throttle throttle) {
        this.out = out;
        this.tamper = tamper;
        this.throttle = throttle;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        long end = tamper.cutAt() >= 0 ? tamper.cutAt() : tamper.stallAt();
        boolean ends = end >= 0 && at + length > end;
        int count = ends ? (int) (end - at) : length;
        if (tamper.flipAt() >= at && tamper.flipAt() < at + count) {
            bytes[offset + (int) (tamper.flipAt() - at)] ^= 1;
        }
        pass(count);
        out.write(bytes, offset, count);
        at += count;
        if (ends) {
            throw new Cut(tamper.stallAt() >= 0);
        }
    }

    private void pass(int count) throws IOException {
        try {
            throttle.pass(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
