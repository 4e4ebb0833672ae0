package io.overlaybd.tcmu.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.sys.UioFile;
import io.overlaybd.tcmu.ring.CommandRing;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one device from {@link #start} to {@link #close}, on an event loop that may be shared. Owns the file of the ring;
 * the block device stays the caller's, to be closed after this. Thread-safe.
 */
public final class DeviceLoop implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceLoop.class);
    private static final int WORKERS = 16;

    /**
     * What is served at once. Longer transfers gain from being decompressed side by side, which is worth two switches of
     * threads, but not on one processor.
     */
    private static final int INLINE_BYTES = Runtime.getRuntime().availableProcessors() > 1 ? 256 << 10 : 1 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 10;

    private final UioFile file;
    private final IoEventLoop loop;
    private final String name;
    private final DeviceWorkers workers;
    private final RingServer server;
    private final Runnable whenLost;
    private IoRegistration registration;
    private boolean stopped;
    private boolean closed;

    private DeviceLoop(String name, UioFile file, CommandRing ring, IoEventLoop loop, Runnable whenLost) {
        this.name = name;
        this.file = file;
        this.loop = loop;
        this.workers = new DeviceWorkers(name, WORKERS);
        this.whenLost = whenLost;
        this.server = new RingServer(name, ring, file::kick, loop, workers, INLINE_BYTES, whenLost);
    }

    /**
     * Takes over a file, closing it if that fails, and answers what is in its ring, with NOT READY until there is a unit.
     *
     * @param name what threads and messages call the device
     * @param whenLost called on the event loop when the device is not served any more though nobody stopped it: the kernel
     *     has removed it, or its ring makes no sense and has to be reset. It is to be closed then
     */
    public static DeviceLoop start(String name, UioFile file, IoEventLoop loop, Runnable whenLost) throws IOException {
        try {
            CommandRing ring = CommandRing.open(name, file.region());
            DeviceLoop device = new DeviceLoop(name, file, ring, loop, whenLost);
            device.register();
            return device;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Edge-triggered, the counter of events need not be read. What came before the file was opened is no event. */
    private void register() {
        registration = loop.register(new Handle()).syncUninterruptibly().getNow();
        registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
        loop.execute(server::serve);
    }

    /** Serves a disk from now on, and tells its meter. */
    public void serve(LogicalUnit unit, DeviceMeter meter) {
        server.serveUnit(unit, meter);
    }

    /** What the event loop knows of the device. */
    private final class Handle implements EpollIoHandle {
        private final FileDescriptor descriptor = new FileDescriptor(file.number());

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
                LOG.warn("{}: the kernel has removed the device", name);
                server.stop();
                registration.cancel();
                whenLost.run();
            } else {
                server.serve();
            }
        }

        @Override
        public void close() {}
    }

    /**
     * Waits until every command that the kernel wrote is answered, but not for ever. Only useful while the kernel holds new
     * ones back.
     *
     * @return whether that is so
     */
    public boolean drain(Duration patience) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!loop.submit(server::isIdle).syncUninterruptibly().getNow()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Serves no more: what is in the ring, and what workers still do, is not answered. Idempotent. */
    public synchronized void stop() {
        if (!stopped) {
            stopped = true;
            loop.submit(server::stop).syncUninterruptibly();
            registration.cancel();
            loop.submit(() -> {}).syncUninterruptibly(); // no handler of this device runs any more
        }
    }

    /**
     * Waits, but not for ever, for the workers of a device that was stopped.
     *
     * @return whether all are done
     */
    public boolean awaitWorkers(Duration patience) {
        return workers.close(patience);
    }

    /**
     * Stops, waits for workers and unmaps the ring. If a worker does not come back in time, the mapping is left where it is
     * until it does: the worker would end the VM by touching it. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop();
        if (awaitWorkers(PATIENCE)) {
            file.close();
        } else {
            LOG.warn("{}: a command does not come to an end; its ring stays mapped until then", name);
            workers.whenDone(file::close);
        }
    }
}
