package io.overlaybd.tcmu;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.overlaybd.service.metrics.DeviceMeters;
import io.overlaybd.tcmu.loop.RingLoops;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The event loops of the daemon, one for each processor: rings and the events of the kernel are shared out among them. Thread-safe. */
final class DaemonLoops implements Closeable {

    private final RingLoops loops =
            new RingLoops(Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("obd-ring", true));

    private final DeviceMeters known;

    /** Loops whose devices are entered there while they are served. */
    DaemonLoops(DeviceMeters known) {
        this.known = known;
    }

    /** Serves a device on one of the loops, see {@link ServedDevice#start}. */
    ServedDevice startDevice(Backstore backstore, boolean found, Runnable whenLost) throws IOException {
        return ServedDevice.start(backstore, found, loops.next(), whenLost, known);
    }

    /** Hears of events on one of the loops. Edge-triggered: what came before is looked at once. */
    IoRegistration listen(EventSource source) {
        IoEventLoop loop = loops.next();
        IoRegistration registration =
                loop.register(source).syncUninterruptibly().getNow();
        registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
        loop.execute(() -> source.handle(registration, null));
        return registration;
    }

    /** Each of them, to be asked whether it still does what it is given. */
    List<EventExecutor> each() {
        List<EventExecutor> each = new ArrayList<>();
        loops.forEach(each::add);
        return each;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
