package io.overlaybd.tcmu.supervision;

import io.overlaybd.io.sys.UnixDatagramSocket;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who started this process, if that is one that listens to sd_notify(3), such as systemd; otherwise all is for nobody. A message
 * is a datagram of lines {@code KEY=VALUE} to the socket that {@code NOTIFY_SOCKET} names. What cannot be sent is logged: disks
 * are worth more. Thread-safe.
 */
public final class Supervisor implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final Optional<UnixDatagramSocket> socket;
    private final Optional<Duration> watchdog;

    private Supervisor(Optional<UnixDatagramSocket> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = socket.isPresent() ? watchdog : Optional.empty();
    }

    /**
     * From the environment of a process.
     *
     * @param pid of the process: a watchdog that was set up for another one is none
     */
    public static Supervisor of(Map<String, String> environment, long pid) {
        return new Supervisor(socketOf(environment), watchdogOf(environment, pid));
    }

    private static Optional<UnixDatagramSocket> socketOf(Map<String, String> environment) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(UnixDatagramSocket.connect(name));
        } catch (IOException e) {
            LOG.warn("cannot tell the service manager how it goes, NOTIFY_SOCKET: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Duration> watchdogOf(Map<String, String> environment, long pid) {
        String microseconds = environment.getOrDefault("WATCHDOG_USEC", "");
        String ours = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        if (microseconds.isEmpty() || !ours.equals(Long.toString(pid))) {
            return Optional.empty();
        }
        try {
            long value = Long.parseLong(microseconds);
            return value <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.multiplyExact(value, 1000L)));
        } catch (NumberFormatException | ArithmeticException e) {
            LOG.warn("WATCHDOG_USEC={} is no time in microseconds, ignored", microseconds);
            return Optional.empty();
        }
    }

    /** After how long without {@link #alive} this process is ended from outside; absent if never. */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /** All that depends on this process may go on. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** The configuration is being read again; to be followed by {@link #ready}. */
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** It is alive; and, for people, what it does. */
    public void alive(String status) {
        send("WATCHDOG=1\nSTATUS=" + status);
    }

    /** What it does, for people, while it is not ready. */
    public void status(String status) {
        send("STATUS=" + status);
    }

    /** The end has begun. */
    public void stopping() {
        send("STOPPING=1\nSTATUS=handing over");
    }

    private void send(String message) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            socket.get().send(message);
        } catch (IOException e) {
            LOG.warn("cannot tell the service manager how it goes: {}", e.getMessage());
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        socket.ifPresent(UnixDatagramSocket::close);
    }
}
