package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import java.io.Closeable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The threads that compress, each with a codec while it does. One thread is the caller's own. Thread-safe. */
final class CompressorThreads implements Closeable {

    private final Supplier<BlockCodec> newCodec;
    private final Queue<BlockCodec> idleCodecs = new ConcurrentLinkedQueue<>();
    private final ExecutorService pool; // null if the caller compresses
    private final Executor executor;

    CompressorThreads(int count, Supplier<BlockCodec> newCodec) {
        this.newCodec = newCodec;
        pool = count == 1 ? null : Executors.newFixedThreadPool(count, named("obd-zfile-"));
        executor = count == 1 ? Runnable::run : pool;
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger started = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + started.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Has a batch compressed; the task is done when it is, or failed. */
    FutureTask<Batch> compress(Batch batch) {
        FutureTask<Batch> task = new FutureTask<>(() -> {
            BlockCodec idle = idleCodecs.poll();
            BlockCodec codec = idle == null ? newCodec.get() : idle;
            try {
                batch.compress(codec);
            } finally {
                idleCodecs.add(codec);
            }
            return batch;
        });
        executor.execute(task);
        return task;
    }

    /** Waits for the batches that are being compressed, forgets the others, ends the threads. Idempotent. */
    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
            awaitEnd();
        }
        for (BlockCodec codec = idleCodecs.poll(); codec != null; codec = idleCodecs.poll()) {
            codec.close();
        }
    }

    /** A batch takes about a millisecond: not worth leaving threads behind when interrupted. */
    private void awaitEnd() {
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
