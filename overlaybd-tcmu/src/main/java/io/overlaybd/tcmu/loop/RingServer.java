package io.overlaybd.tcmu.loop;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.tcmu.ring.CommandRing;
import io.overlaybd.tcmu.ring.RingCommand;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import io.overlaybd.tcmu.scsi.Reply;
import io.overlaybd.tcmu.scsi.ScsiTask;
import io.overlaybd.tcmu.scsi.Sense;
import io.overlaybd.tcmu.scsi.Status;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the commands of one ring: at once where that cannot block, else on a worker, whose replies come back through a
 * queue. The answers of a batch share one kick, and the ring is looked at again after it: the kick itself may have let the
 * kernel queue more.
 *
 * <p>Confined to the event loop of the device, but for what workers do.
 */
public final class RingServer {

    /** More would keep the first of them waiting for its kick. */
    private static final int BATCH_COMMANDS = 16;

    private static final int BATCH_BYTES = 1 << 20;

    /** More would keep other devices from the event loop. */
    private static final int TURN_COMMANDS = 256;

    private static final int TURN_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RingServer.class);
    private static final byte[] NO_SENSE = {};

    /** Lets the kernel see what was published. */
    @FunctionalInterface
    public interface Bell {
        /** Has it look. */
        void kick() throws IOException;
    }

    private record Finished(RingCommand command, Reply reply) {}

    /** What commands are for, and what is told of them. */
    private record Serving(LogicalUnit unit, DeviceMeter meter) {}

    private final String name;
    private final CommandRing ring;
    private final Bell bell;
    private final Executor loop;
    private final Executor workers;
    private final int maxInlineBytes;
    private final Runnable whenBroken;
    private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final CommandRing.Taker taker = new CommandRing.Taker() {
        @Override
        public void take(RingCommand command) throws CorruptFormatException {
            begin(command);
        }

        @Override
        public void takeDefect(RingCommand command, CorruptFormatException defect) throws CorruptFormatException {
            LOG.error("{}", defect.getMessage());
            answer(command, Reply.check(Sense.INTERNAL_FAILURE));
        }

        @Override
        public boolean hasEnough() {
            return batchBytes >= BATCH_BYTES;
        }
    };
    private final BatchMeter batch = new BatchMeter();
    private volatile Serving serving; // null while there is no unit to serve
    private ScsiTask spare; // null if a worker has the last one
    private long batchBytes;
    private boolean stopped;

    /**
     * A server that serves nothing yet.
     *
     * @param name what messages call the device
     * @param loop runs tasks on the event loop of the device
     * @param workers run what may block
     * @param maxInlineBytes commands with more data are the workers', even if they would not block
     * @param whenBroken called once, on the event loop, if the ring makes no sense any more: it is not served then
     */
    public RingServer(
            String name,
            CommandRing ring,
            Bell bell,
            Executor loop,
            Executor workers,
            int maxInlineBytes,
            Runnable whenBroken) {
        this.name = name;
        this.ring = ring;
        this.bell = bell;
        this.loop = loop;
        this.workers = workers;
        this.maxInlineBytes = maxInlineBytes;
        this.whenBroken = whenBroken;
    }

    /** What commands are for from now on. Until then they are answered with NOT READY. Any thread. */
    public void serveUnit(LogicalUnit unit, DeviceMeter meter) {
        serving = new Serving(unit, meter);
    }

    /** Serves all that there is in the ring and all that workers have done. */
    public void serve() {
        if (stopped) {
            return;
        }
        try {
            int left = TURN_COMMANDS;
            long leftBytes = TURN_BYTES;
            while (left > 0 && leftBytes > 0) {
                answerFinished();
                batch.reset();
                batchBytes = 0;
                left -= Math.max(1, ring.fetch(taker, Math.min(BATCH_COMMANDS, left)));
                leftBytes -= batchBytes;
                if (ring.publish()) {
                    bell.kick();
                    tellOfBatch();
                } else if (!ring.hasMore()) {
                    return;
                }
            }
            loop.execute(this::serve);
        } catch (IOException | RuntimeException e) {
            stopped = true; // what is in the ring is the kernel's to reset
            LOG.error("{}: not served any more", name, e);
            whenBroken.run();
        }
    }

    /** What was read at once is answered by now. */
    private void tellOfBatch() {
        if (batch.hasReads()) {
            batch.tell(serving.meter);
        }
    }

    private void begin(RingCommand command) throws CorruptFormatException {
        Serving now = serving;
        if (now == null) {
            answer(command, Reply.check(Sense.NOT_READY));
            return;
        }
        ScsiTask task = spare == null ? new ScsiTask() : spare;
        batch.takeUp();
        task.begin(now.unit, command.block(), command.blockBytes(), command.data());
        if (command.dataBytes() <= maxInlineBytes && task.tryExecute()) {
            spare = task;
            batchBytes += command.dataBytes();
            if (task.kind() == DeviceMeter.Kind.READ) {
                batch.read(task.movedBytes());
            }
            answer(command, task.reply());
        } else {
            spare = null;
            PendingIo io = now.meter.begin(task.kind(), System.nanoTime());
            workers.execute(() -> finish(command, task, io));
        }
    }

    /** On a worker: one wake-up for all that is done until the loop comes to it. */
    private void finish(RingCommand command, ScsiTask task, PendingIo io) {
        io.start();
        Reply reply = task.execute();
        io.end(task.movedBytes(), reply.status() != Status.GOOD);
        finished.add(new Finished(command, reply));
        if (woken.compareAndSet(false, true)) {
            loop.execute(this::wake);
        }
    }

    private void wake() {
        woken.set(false);
        serve();
    }

    private void answerFinished() throws CorruptFormatException {
        for (Finished one = finished.poll(); one != null; one = finished.poll()) {
            answer(one.command, one.reply);
        }
    }

    private void answer(RingCommand command, Reply reply) throws CorruptFormatException {
        byte[] sense = reply.status() == Status.CHECK_CONDITION ? reply.fixedSense() : NO_SENSE;
        ring.answer(command, reply.status().code(), sense, reply.returnedBytes());
    }

    /** Touches the ring no more. */
    void stop() {
        stopped = true;
    }

    /** Whether every command that the kernel wrote is answered; what is not served any more counts as such. */
    boolean isIdle() {
        try {
            return stopped || ring.underWay() == 0 && !ring.hasMore();
        } catch (CorruptFormatException e) {
            return true;
        }
    }
}
