package io.overlaybd.nbd.server;

import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests whose whole work is done on a worker, and then answered on the event loop. */
final class Offloaded {

    private static final Logger LOG = LoggerFactory.getLogger(Offloaded.class);

    /** The work of a request; may block. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private Offloaded() {}

    /** To be called on the event loop. */
    static void run(RequestHeader request, Conversation conversation, DeviceWorkers workers, Work work) {
        try {
            workers.execute(DeviceMeter.Kind.OTHER, 0, () -> runOnWorker(request, conversation, work));
        } catch (RejectedExecutionException e) {
            conversation.fail(request, Failure.of(e));
        }
    }

    private static boolean runOnWorker(RequestHeader request, Conversation conversation, Work work) {
        boolean done = true;
        Runnable answer = () -> conversation.succeed(request);
        try {
            work.run();
        } catch (Exception | Error e) {
            String what = request.command() + " " + request.lengthBytes() + " bytes at byte " + request.offsetBytes();
            Failure failure = failure(conversation, what, e);
            answer = () -> conversation.fail(request, failure);
            done = false;
        }
        try {
            conversation.channel().eventLoop().execute(answer);
        } catch (RejectedExecutionException serverIsGone) {
            // and with it the connection, so nobody waits for the reply
        }
        return done;
    }

    /** What to answer, after it was logged: with its place if it is a defect of ours. */
    static Failure failure(Conversation conversation, String what, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.warn("{}: cannot {}: {}", Peer.of(conversation.channel()), what, cause.toString());
        } else {
            LOG.error("{}: cannot {}", Peer.of(conversation.channel()), what, cause);
        }
        return Failure.of(cause);
    }
}
