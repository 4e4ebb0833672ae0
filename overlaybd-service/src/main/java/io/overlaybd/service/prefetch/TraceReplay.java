package io.overlaybd.service.prefetch;

import io.overlaybd.core.LayerStack;
import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what a trace says will be read, from the opening of an image until all is here or a layer is closed. Reads of the image
 * go first: see {@link io.overlaybd.cache.CachedBlobSource#fetchInBackground}. A failure costs the piece that it is of, and the
 * replay where the registry does not answer at all. Thread-safe.
 */
final class TraceReplay implements ImageTrace {

    private static final Logger LOG = LoggerFactory.getLogger(TraceReplay.class);

    /** A registry that fails so often is not asked for what nobody waits for. */
    private static final int MAX_FAILURES = 8;

    /** What will be read, once the layers are there to be looked into. */
    interface Reads {
        List<TraceRead> of(LayerStack lowers) throws IOException;
    }

    private final String image;
    private final Reads reads;
    private final int concurrency;
    private final PrefetchCounters counters;
    private final Map<Integer, BlobSource> layers = new ConcurrentHashMap<>();
    private final AtomicInteger openLayers = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger pieces = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>(); // guarded by this
    private int workers; // guarded by this
    private volatile boolean ended;

    TraceReplay(String image, Reads reads, int concurrency, PrefetchCounters counters) {
        this.image = image;
        this.reads = reads;
        this.concurrency = concurrency;
        this.counters = counters;
    }

    /** A layer that is composed once more takes the place of what was composed first. */
    @Override
    public BlobSource over(int layer, BlobSource source) {
        if (layers.put(layer, source) == null) {
            openLayers.incrementAndGet();
        }
        return new TracedSource(source, new TracedSource.Listener() {
            @Override
            public void closing() {
                end();
            }

            @Override
            public void closed() {
                if (openLayers.decrementAndGet() == 0) {
                    awaitThreads();
                }
            }
        });
    }

    @Override
    public boolean isReplayed() {
        return true;
    }

    @Override
    public void opened(LayerStack lowers) {
        start(() -> {
            List<TraceRead> all = reads.of(lowers);
            ReplayPlan plan = new ReplayPlan(all, layers::get);
            LOG.info("{}: {} reads are fetched ahead", image, all.size());
            for (int i = 1; i < concurrency; i++) {
                start(() -> fetch(plan));
            }
            fetch(plan);
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private synchronized void start(Work work) {
        if (ended) {
            return;
        }
        Thread thread = new Thread(() -> runAndTell(work), "obd-prefetch-" + threads.size());
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("{}: no thread to fetch ahead in: {}", image, noThread.getMessage());
            return;
        }
        threads.add(thread);
        if (workers++ == 0) {
            counters.replays.increment();
        }
    }

    private void runAndTell(Work work) {
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            if (!ended) {
                LOG.warn("{}: fetching ahead ends: {}", image, e.toString());
            }
        } finally {
            workerEnds();
        }
    }

    /** Whoever starts others ends after he has started them, so that the last one out is the last. */
    private synchronized void workerEnds() {
        if (--workers == 0) {
            counters.replays.decrement();
            LOG.info("{}: fetched ahead in {} pieces: {} bytes", image, pieces, bytes);
        }
    }

    private void fetch(ReplayPlan plan) {
        ReplayPlan.Piece piece = plan.next();
        while (piece != null && !ended && failures.get() < MAX_FAILURES) {
            counters.pieces.increment();
            try {
                piece.blob().fetchInBackground(piece.offsetBytes(), piece.lengthBytes());
                pieces.incrementAndGet();
                bytes.addAndGet(piece.lengthBytes());
                counters.bytes.add(piece.lengthBytes());
            } catch (IOException e) {
                failed(e);
            }
            piece = plan.next();
        }
    }

    private void failed(IOException e) {
        if (!ended) {
            counters.failedPieces.increment();
            int count = failures.incrementAndGet();
            LOG.warn("{}: cannot fetch ahead{}: {}", image, count < MAX_FAILURES ? "" : ", given up", e.toString());
            if (count == MAX_FAILURES) {
                counters.givenUp.increment();
            }
        }
    }

    @Override
    public void close() {
        end();
        awaitThreads();
    }

    /** Whoever waits for his turn stops; a request under way is ended by the closing of its layer. */
    private synchronized void end() {
        ended = true;
        threads.forEach(Thread::interrupt);
    }

    private void awaitThreads() {
        boolean interrupted = false;
        for (Thread thread : startedThreads()) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Thread> startedThreads() {
        return List.copyOf(threads);
    }
}
