package io.overlaybd.nbd.server;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;

/**
 * The memory that one connection may hold for one purpose: at first its own, which nobody else can take, then from the {@link
 * MemoryBudget} of all. Nothing more is let have while {@code maxBytes} are held, so what is held is less than those and one
 * piece more. Confined to the event loop of the channel.
 */
final class Allowance {

    private final Channel channel;
    private final MemoryBudget shared;
    private final int ownBytes;
    private final int maxBytes;
    private final Runnable onRoom;
    private long heldBytes;
    private boolean waiting;

    /** @param onRoom is run on the event loop when others have made room */
    Allowance(Channel channel, MemoryBudget shared, int ownBytes, int maxBytes, Runnable onRoom) {
        this.channel = channel;
        this.shared = shared;
        this.ownBytes = ownBytes;
        this.maxBytes = maxBytes;
        this.onRoom = onRoom;
    }

    /** Answers whether so much more may be held, and counts it if so. */
    boolean take(int bytes) {
        if (heldBytes >= maxBytes) {
            return false; // what this connection gives back makes room, not what others do
        }
        long fromShared = beyondOwn(heldBytes + bytes) - beyondOwn(heldBytes);
        if (fromShared > 0 && !shared.take(fromShared, this)) {
            waiting = true;
            return false;
        }
        heldBytes += bytes;
        if (fromShared == 0) {
            leave();
        }
        waiting = false;
        return true;
    }

    /** What was counted is not held any more. */
    void give(int bytes) {
        long toShared = beyondOwn(heldBytes) - beyondOwn(heldBytes - bytes);
        heldBytes -= bytes;
        if (toShared > 0) {
            shared.give(toShared);
        }
    }

    /** Does not want what it was refused any more. */
    void leave() {
        if (waiting) {
            waiting = false;
            shared.leave(this);
        }
    }

    private long beyondOwn(long bytes) {
        return Math.max(0, bytes - ownBytes);
    }

    /** Any thread may call this. */
    void wake() {
        try {
            channel.eventLoop().execute(onRoom);
        } catch (RejectedExecutionException serverIsGone) {
            // and with it the connection, which wants nothing any more
        }
    }
}
