package io.overlaybd.tools.inspect;

import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Reads all of a source by several threads, so that every checksum is compared and every block decoded, and goes on behind
 * what is damaged. Holds one piece of {@value #PIECE_BYTES} bytes a core, and two more. Thread-confined.
 */
final class DeepCheck {

    private static final int PIECE_BYTES = 1 << 20;

    /** So many damaged blocks are told one by one. */
    private static final int MAX_TOLD = 10;

    private record Piece(long offsetBytes, ByteBuffer buffer, Future<List<String>> problems) {}

    private final BlobSource source;
    private final int blockBytes;
    private final int cores = Runtime.getRuntime().availableProcessors();
    private final ExecutorService threads = Executors.newFixedThreadPool(cores, DeepCheck::thread);
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private long damagedBlocks;

    private DeepCheck(BlobSource source, int blockBytes) {
        this.source = source;
        this.blockBytes = blockBytes;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "obd-verify");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Answers what is damaged, in blocks of {@code blockBytes}. {@code progress} is told pieces that add up to about {@code
     * progressBytes}.
     */
    static List<String> run(BlobSource source, int blockBytes, long progressBytes, LongConsumer progress)
            throws IOException {
        DeepCheck check = new DeepCheck(source, blockBytes);
        try {
            double share = (double) progressBytes / Math.max(1, source.sizeBytes());
            for (long at = 0; at < source.sizeBytes(); at += PIECE_BYTES) {
                while (check.pieces.size() == check.cores + 2) {
                    progress.accept((long) (share * check.takeFirst()));
                }
                check.begin(at, (int) Math.min(PIECE_BYTES, source.sizeBytes() - at));
            }
            while (!check.pieces.isEmpty()) {
                progress.accept((long) (share * check.takeFirst()));
            }
            return check.summary();
        } finally {
            check.threads.shutdownNow();
        }
    }

    private void begin(long offsetBytes, int lengthBytes) {
        ByteBuffer buffer = free.isEmpty() ? ByteBuffer.allocateDirect(PIECE_BYTES) : free.pop();
        buffer.clear().limit(lengthBytes);
        pieces.add(new Piece(offsetBytes, buffer, threads.submit(() -> check(offsetBytes, buffer))));
    }

    /** What is wrong with a piece: if anything, every block of it is tried. */
    private List<String> check(long offsetBytes, ByteBuffer buffer) {
        if (read(offsetBytes, buffer.slice()) == null) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        for (int at = 0; at < buffer.limit(); at += blockBytes) {
            String problem = read(offsetBytes + at, buffer.slice(at, Math.min(blockBytes, buffer.limit() - at)));
            if (problem != null) {
                found.add(problem);
            }
        }
        return found;
    }

    private String read(long offsetBytes, ByteBuffer buffer) {
        try {
            source.readFully(offsetBytes, buffer);
            return null;
        } catch (IOException e) {
            String prefix = source.name() + ": ";
            String message = String.valueOf(e.getMessage());
            return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        }
    }

    private long takeFirst() throws IOException {
        Piece piece = pieces.remove();
        List<String> found = await(piece.problems());
        damagedBlocks += found.size();
        found.stream().limit(MAX_TOLD - problems.size()).forEach(problems::add);
        free.push(piece.buffer());
        return piece.buffer().limit();
    }

    private static List<String> await(Future<List<String>> problems) throws IOException {
        try {
            return problems.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while verifying");
        }
    }

    private List<String> summary() {
        if (damagedBlocks > problems.size()) {
            problems.add("and " + (damagedBlocks - problems.size()) + " more damaged blocks");
        }
        return problems;
    }
}
