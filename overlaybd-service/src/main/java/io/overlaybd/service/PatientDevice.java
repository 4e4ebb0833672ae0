package io.overlaybd.service;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.ForwardingDevice;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device whose reads outlast a registry that is away: what a file system on it would take for a broken disk is only slow. A
 * read, or a write that has to read, begins anew until it works, until the {@link Patience} is spent, or until the device is
 * closed. Thread-safe.
 */
final class PatientDevice extends ForwardingDevice {

    private static final Logger LOG = LoggerFactory.getLogger(PatientDevice.class);

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5000;
    private static final int FAILURES_A_LINE = 10;

    private final Patience patience;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** In front of a device, which it owns. */
    PatientDevice(BlockDevice device, Patience patience) {
        super(device);
        this.patience = patience;
    }

    @FunctionalInterface
    private interface Transfer {
        void run(long offsetBytes, ByteBuffer buffer) throws IOException;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        patiently(super::read, offsetBytes, dst);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer src) throws IOException {
        patiently(super::write, offsetBytes, src);
    }

    /** The ends of a discard may have to be read. */
    @Override
    public void discard(long offsetBytes, long lengthBytes) throws IOException {
        patiently((offset, none) -> super.discard(offset, lengthBytes), offsetBytes, ByteBuffer.allocate(0));
    }

    private void patiently(Transfer transfer, long offsetBytes, ByteBuffer buffer) throws IOException {
        int position = buffer.position();
        Patience.Trial trial = patience.begin();
        for (int failures = 0; ; ) {
            try {
                transfer.run(offsetBytes, buffer);
                if (failures > 0) {
                    LOG.info("{}: reads at {} again, after {} ms", name(), offsetBytes, trial.millis());
                }
                return;
            } catch (IOException e) {
                if (!trial.goesOn(e)) {
                    throw e;
                }
                if (failures % FAILURES_A_LINE == 0) {
                    LOG.warn(
                            "{}: cannot read at {}, tried again until that works: {}",
                            name(),
                            offsetBytes,
                            e.getMessage());
                }
                failures++;
                pause(failures);
                buffer.position(position);
            }
        }
    }

    /** Its upper half is random, so that those who failed together do not come back together. */
    private void pause(int failures) throws IOException {
        long pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10));
        pauseMillis -= ThreadLocalRandom.current().nextLong(pauseMillis / 2);
        Stage before = StageTimes.enter(Stage.REGISTRY_RETRY);
        try {
            if (closed.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                throw new ClosedChannelException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedChannelException();
        } finally {
            StageTimes.leave(before);
        }
    }

    /** Ends reads that wait. */
    @Override
    public void close() throws IOException {
        closed.countDown();
        super.close();
    }
}
