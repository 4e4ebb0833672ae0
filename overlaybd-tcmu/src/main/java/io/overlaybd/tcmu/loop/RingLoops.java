package io.overlaybd.tcmu.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * The event loops of all devices. Between two commands a loop of netty's asks for the time again and again, to wait for a
 * second at most; these wait until something happens, unless there is something scheduled. That saves the clock, which is a
 * system call on a machine without a vDSO clock source, and a wake-up a second of a daemon that has nothing to do.
 */
public final class RingLoops extends MultiThreadIoEventLoopGroup {

    /** Makes so many loops, each with a thread of its own. */
    public RingLoops(int threads, ThreadFactory factory) {
        super(threads, factory, EpollIoHandler.newFactory());
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... none) {
        return new PatientLoop(this, executor, handlers);
    }

    private static final class PatientLoop extends SingleThreadIoEventLoop {

        private static final long NO_DEADLINE = -1;

        PatientLoop(RingLoops parent, Executor executor, IoHandlerFactory handlers) {
            super(parent, executor, handlers);
        }

        @Override
        protected long deadlineNanos() {
            return hasScheduledTasks() ? super.deadlineNanos() : NO_DEADLINE;
        }

        /** Only a loop that might be suspended has to measure how busy it is. */
        @Override
        protected boolean isSuspensionSupported() {
            return false;
        }
    }
}
