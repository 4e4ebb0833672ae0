package io.overlaybd.service.prefetch;

import io.overlaybd.core.LayerStack;
import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the reads of an image's layers, opening them included, until the lock file is deleted, which it looks for every second,
 * or a layer is closed; then writes the trace. Reads beyond {@link Trace#MAX_RECORDS} are not recorded. Thread-safe: what is
 * recorded is guarded by the monitor.
 */
final class TraceRecording implements ImageTrace {

    private static final Logger LOG = LoggerFactory.getLogger(TraceRecording.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final String image;
    private final TraceFiles files;
    private final ScheduledExecutorService look;
    private final List<TraceRead> reads = new ArrayList<>();
    private boolean isOpen;
    private volatile boolean ended;

    private TraceRecording(String image, TraceFiles files) {
        this.image = image;
        this.files = files;
        this.look = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "obd-trace");
            thread.setDaemon(true);
            return thread;
        });
    }

    static TraceRecording start(String image, TraceFiles files) throws IOException {
        return start(image, files, LOOK_EVERY);
    }

    static TraceRecording start(String image, TraceFiles files, Duration lookEvery) throws IOException {
        files.begin();
        TraceRecording recording = new TraceRecording(image, files);
        long millis = lookEvery.toMillis();
        recording.look.scheduleWithFixedDelay(recording::lookForTheEnd, millis, millis, TimeUnit.MILLISECONDS);
        LOG.info("{}: reads are recorded until {} is deleted or the image is closed", image, files.lock());
        return recording;
    }

    private void lookForTheEnd() {
        if (!files.isLocked()) {
            end();
        }
    }

    @Override
    public boolean isRecording() {
        return true;
    }

    @Override
    public BlobSource over(int layer, BlobSource bytes) {
        return new TracedSource(bytes, new TracedSource.Listener() {
            @Override
            public void read(long offsetBytes, int lengthBytes) {
                record(layer, offsetBytes, lengthBytes);
            }

            @Override
            public void closing() {
                end();
            }
        });
    }

    private void record(int layer, long offsetBytes, int lengthBytes) {
        if (ended || lengthBytes == 0) {
            return;
        }
        synchronized (this) {
            if (!ended && reads.size() < Trace.MAX_RECORDS) {
                reads.add(new TraceRead(layer, offsetBytes, lengthBytes));
            }
        }
    }

    @Override
    public synchronized void opened(LayerStack lowers) {
        isOpen = true;
    }

    @Override
    public void close() {
        end();
    }

    /** Of an image that never opened there is nothing to tell. */
    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        look.shutdown();
        try {
            if (isOpen) {
                files.finish(new Trace(reads).encode());
                LOG.info("{}: {} reads recorded in {}", image, reads.size(), files.trace());
            } else {
                files.abandon();
            }
        } catch (IOException e) {
            LOG.warn("{}: the trace cannot be written: {}", image, e.toString());
        }
        reads.clear();
    }
}
