package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Compresses batches on some threads and appends them in the order they came. Only the caller's thread talks to the
 * assembler. A little more than two batches a thread exist; who wants one more waits for the oldest. A failure shows
 * when its batch comes to its turn.
 *
 * <p>Thread-confined to the writer; the workers see a batch and a codec.
 */
final class BatchPipeline implements Closeable {

    private final ZFileAssembler assembler;
    private final Supplier<Batch> newBatch;
    private final CompressorThreads compressors;
    private final int maxBatches;
    private final Deque<FutureTask<Batch>> underWay = new ArrayDeque<>();
    private final Deque<Batch> idle = new ArrayDeque<>();
    private int batches;

    BatchPipeline(ZFileAssembler assembler, Supplier<Batch> newBatch, Supplier<BlockCodec> newCodec, int threadCount) {
        this.assembler = assembler;
        this.newBatch = newBatch;
        compressors = new CompressorThreads(threadCount, newCodec);
        maxBatches = 2 * threadCount + 1;
    }

    /** An empty batch, after waiting for the oldest one under way if there are enough. */
    Batch nextEmpty() throws IOException {
        if (idle.isEmpty() && batches == maxBatches) {
            appendOldest();
        }
        if (!idle.isEmpty()) {
            return idle.pop();
        }
        batches++;
        return newBatch.get();
    }

    /** Has the batch compressed, and appends what is ready. */
    void submit(Batch batch) throws IOException {
        underWay.add(compressors.compress(batch));
        while (!underWay.isEmpty() && underWay.peek().isDone()) {
            appendOldest();
        }
    }

    /** Appends all that is under way. */
    void drain() throws IOException {
        while (!underWay.isEmpty()) {
            appendOldest();
        }
    }

    private void appendOldest() throws IOException {
        Batch batch = await(underWay.remove());
        assembler.append(batch.stored());
        batch.clear();
        idle.push(batch);
    }

    private Batch await(FutureTask<Batch> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(assembler.name() + ": interrupted while a block was compressed");
        } catch (ExecutionException e) {
            throw new IOException(
                    assembler.name() + ": cannot compress: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /** Ends the threads, whatever they are at. Idempotent. */
    @Override
    public void close() {
        compressors.close();
    }
}
