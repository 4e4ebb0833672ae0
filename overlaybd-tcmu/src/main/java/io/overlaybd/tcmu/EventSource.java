package io.overlaybd.tcmu;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.overlaybd.tcmu.netlink.TcmuEvent;
import io.overlaybd.tcmu.netlink.TcmuNetlink;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of the kernel on an event loop, which hands them on at once. Confined to its loop. */
final class EventSource implements EpollIoHandle {

    private static final Logger LOG = LoggerFactory.getLogger(EventSource.class);

    private final TcmuNetlink netlink;
    private final Devices devices;
    private final Runnable whenLost;
    private final FileDescriptor descriptor;

    /**
     * The events of a socket.
     *
     * @param whenLost called on the event loop if the kernel dropped events
     */
    EventSource(TcmuNetlink netlink, Devices devices, Runnable whenLost) {
        this.netlink = netlink;
        this.devices = devices;
        this.whenLost = whenLost;
        this.descriptor = new FileDescriptor(netlink.descriptor());
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        try {
            Optional<TcmuEvent> next = netlink.poll();
            while (next.isPresent()) {
                devices.handle(next.get(), netlink::reply);
                next = netlink.poll();
            }
            if (netlink.hasLostEvents()) {
                whenLost.run();
            }
        } catch (IOException e) {
            LOG.error("events of the kernel", e);
        }
    }

    @Override
    public void close() {}
}
