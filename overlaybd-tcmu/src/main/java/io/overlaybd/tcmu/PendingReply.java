package io.overlaybd.tcmu;

import io.overlaybd.tcmu.netlink.TcmuEvent;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reply that the kernel waits for, without end, after an event. It is sent exactly once: none leaves a process that cannot
 * even be killed, a second one would be taken for the reply to the device's next event. Thread-safe.
 */
final class PendingReply {

    private static final Logger LOG = LoggerFactory.getLogger(PendingReply.class);

    /** Tells the kernel how an event was dealt with. */
    @FunctionalInterface
    interface Replier {
        /** Sends 0 or -errno. */
        void reply(TcmuEvent event, int status) throws IOException;
    }

    private final TcmuEvent event;
    private final Replier replier;
    private final Consumer<PendingReply> whenDone;
    private final AtomicBoolean done = new AtomicBoolean();

    /**
     * A reply to come.
     *
     * @param whenDone called once, when it was sent or discarded
     */
    PendingReply(TcmuEvent event, Replier replier, Consumer<PendingReply> whenDone) {
        this.event = event;
        this.replier = replier;
        this.whenDone = whenDone;
    }

    /** Sends a reply unless one was sent before, or nobody waits for it. */
    void send(int status) {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        try {
            replier.reply(event, status);
        } catch (IOException | RuntimeException e) {
            LOG.error("cannot reply to {}: whoever waits for it goes on when this daemon is restarted", event, e);
        } finally {
            whenDone.accept(this);
        }
    }

    /** Sends none: the kernel does not wait any more. */
    void discard() {
        if (done.compareAndSet(false, true)) {
            whenDone.accept(this);
        }
    }
}
