package io.overlaybd.tools;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Copies ranges in order while several threads read, and decompress, ahead of the writer. Holds a few pieces more than
 * it has threads, of {@value #PIECE_BYTES} bytes each. Thread-confined; the reader it is given must be thread-safe.
 */
final class ParallelReads implements AutoCloseable {

    private static final int PIECE_BYTES = 256 * 1024;

    /** Fills the buffer with the bytes from an offset on. */
    @FunctionalInterface
    interface Reader {
        /** Called by several threads at once. */
        void read(long offsetBytes, ByteBuffer dst) throws IOException;
    }

    /** Bytes that are being read, or a number of zeros. */
    private record Step(ByteBuffer buffer, Future<?> reading, long zeroBytes) {}

    private final Reader reader;
    private final RawOutput output;
    private final Progress progress;
    private final int maxReading;
    private final ExecutorService threads;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private int reading;

    ParallelReads(Reader reader, RawOutput output, Progress progress) {
        int count = Runtime.getRuntime().availableProcessors();
        this.reader = reader;
        this.output = output;
        this.progress = progress;
        this.maxReading = count + 2;
        this.threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work, "obd-read-ahead");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to read the range; sooner or later, but in the order of the calls, it is written. */
    void copy(long offsetBytes, long lengthBytes) throws IOException {
        for (long done = 0; done < lengthBytes; done += PIECE_BYTES) {
            while (reading == maxReading) {
                writeFirst();
            }
            ByteBuffer buffer = free.isEmpty() ? ByteBuffer.allocateDirect(PIECE_BYTES) : free.pop();
            buffer.clear().limit((int) Math.min(PIECE_BYTES, lengthBytes - done));
            long at = offsetBytes + done;
            steps.add(new Step(buffer, submit(at, buffer), 0));
            reading++;
        }
    }

    private Future<?> submit(long at, ByteBuffer buffer) {
        return threads.submit(() -> {
            reader.read(at, buffer);
            return null;
        });
    }

    /** Writes zeros after what was asked for so far. */
    void zeros(long lengthBytes) {
        steps.add(new Step(null, null, lengthBytes));
    }

    /** Writes all that is still to be written. */
    void drain() throws IOException {
        while (!steps.isEmpty()) {
            writeFirst();
        }
    }

    private void writeFirst() throws IOException {
        Step step = steps.remove();
        if (step.buffer() == null) {
            output.zeros(step.zeroBytes());
            progress.add(step.zeroBytes());
            return;
        }
        await(step.reading());
        progress.add(step.buffer().position());
        output.data(step.buffer().flip());
        free.push(step.buffer());
        reading--;
    }

    private static void await(Future<?> reading) throws IOException {
        try {
            reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
