package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import java.io.Closeable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * The threads that compress, each with a codec while it does. A count of one means the caller's own thread.
 *
 * <p>Thread-confined to the writer.
 */
final class CompressorThreads implements Closeable {

    private final Supplier<BlockCodec> newCodec;
    private final Queue<BlockCodec> idleCodecs = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final ExecutorService pool; // null if the caller compresses
    private final Executor executor;

    CompressorThreads(int count, Supplier<BlockCodec> newCodec) {
        this.newCodec = newCodec;
        pool = count == 1 ? null : Executors.newFixedThreadPool(count, this::newThread);
        executor = count == 1 ? Runnable::run : pool;
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "obd-zfile-" + (threads.size() + 1));
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
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
            threads.forEach(CompressorThreads::awaitEnd);
        }
        for (BlockCodec codec = idleCodecs.poll(); codec != null; codec = idleCodecs.poll()) {
            codec.close();
        }
    }

    /** A batch takes about a millisecond: who is interrupted need not leave a thread behind. */
    private static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
