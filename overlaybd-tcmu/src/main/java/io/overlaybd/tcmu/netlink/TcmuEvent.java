package io.overlaybd.tcmu.netlink;

/**
 * What the kernel tells of a device. A thread of the kernel waits, without end, for the reply to it. Immutable.
 *
 * @param deviceId the kernel's number of the device, repeated in the reply
 * @param minor the N of {@code /dev/uioN}
 * @param name the text in {@code /sys/class/uio/uioN/name}
 */
public record TcmuEvent(Kind kind, int deviceId, int minor, String name) {

    /** What happened. */
    public enum Kind {
        ADDED(1, 4),
        REMOVED(2, 5),
        RECONFIGURED(3, 6);

        private final int command;
        private final int reply;

        Kind(int command, int reply) {
            this.command = command;
            this.reply = reply;
        }

        int command() {
            return command;
        }

        /** The command of the one reply that fits. */
        int reply() {
            return reply;
        }
    }
}
