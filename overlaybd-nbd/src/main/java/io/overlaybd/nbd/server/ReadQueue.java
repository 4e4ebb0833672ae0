package io.overlaybd.nbd.server;

import io.netty.channel.Channel;
import io.overlaybd.nbd.protocol.Chunk;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The reads of one connection that have pieces to begin, and the memory that pieces may take. They take turns piece by
 * piece, so that a long read does not hold up the others. A buffer counts from before its allocation until it is in the
 * kernel's hands. Confined to the event loop of the channel.
 */
final class ReadQueue {

    static final int MAX_BUFFERED_BYTES = 4 << 20;

    /** One piece and its head: whatever others hold, a connection goes on. */
    static final int OWN_BYTES = PieceReader.INLINE_BYTES + Chunk.DATA_OFFSET;

    private static final int PIECES_PER_TURN = 16;

    private final Channel channel;
    private final Deque<Read> reads = new ArrayDeque<>();
    private final Allowance memory;
    private boolean turning;

    ReadQueue(Channel channel, MemoryBudget budget) {
        this.channel = channel;
        this.memory = new Allowance(channel, budget, OWN_BYTES, MAX_BUFFERED_BYTES, this::takeTurns);
    }

    /** Puts a read in line for its next piece. */
    void enqueue(Read read) {
        if (channel.isActive()) {
            reads.add(read);
            takeTurns();
        }
    }

    /** Begins nothing more of what is in line. */
    void clear() {
        reads.clear();
        memory.leave();
    }

    /** Counts a buffer that is about to be allocated, if there is room for it. */
    boolean reserve(int bytes) {
        return memory.take(bytes);
    }

    /** A buffer that was counted is gone. */
    void unreserve(int bytes) {
        memory.give(bytes);
    }

    /** Begins pieces while there is room; to be called when there may be more room than before. */
    void takeTurns() {
        if (turning) {
            return; // the loop below is on the stack and sees what changed
        }
        turning = true;
        try {
            takeSomeTurns();
        } finally {
            turning = false;
        }
    }

    private void takeSomeTurns() {
        for (int pieces = 0; mayBeginPiece(); pieces++) {
            if (pieces == PIECES_PER_TURN) {
                channel.eventLoop().execute(this::takeTurns); // other connections have their turn first
                break;
            }
            Read read = reads.poll();
            switch (read.nextPiece()) {
                case MORE -> reads.add(read);
                case OVER -> {}
                case NO_ROOM -> {
                    reads.addFirst(read);
                    return;
                }
            }
        }
    }

    /** What fails to reach a closed channel makes room at once, and must not set off all that is still in line. */
    private boolean mayBeginPiece() {
        return !reads.isEmpty() && channel.isActive();
    }
}
