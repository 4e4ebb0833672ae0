package io.overlaybd.tcmu;

import io.overlaybd.tcmu.netlink.TcmuEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The replies that the kernel waits for. Thread-safe. */
final class PendingReplies {

    private static final long POLL_MILLIS = 10;

    private final Set<PendingReply> pending = ConcurrentHashMap.newKeySet();

    /** One more. */
    PendingReply expect(TcmuEvent event, PendingReply.Replier replier) {
        PendingReply reply = new PendingReply(event, replier, pending::remove);
        pending.add(reply);
        return reply;
    }

    /** Waits until all were sent, but not for ever. */
    void await(Duration patience) throws InterruptedException {
        long startNanos = System.nanoTime();
        while (!pending.isEmpty() && System.nanoTime() - startNanos < patience.toNanos()) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Sends none of those that are still to be sent. */
    void discard() {
        pending.forEach(PendingReply::discard);
    }
}
