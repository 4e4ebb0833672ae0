package io.overlaybd.tcmu;

import io.overlaybd.io.sys.ProcessMark;
import java.io.IOException;

/**
 * What the launcher starts first: marks its process as one that I/O passes through, then becomes the program that its
 * arguments name. The mark is a thread's own and handed on to the threads that it starts; in a VM that runs already it would
 * miss those of the VM itself, the collector's above all. Thread-confined.
 */
public final class IoFlusher {

    private static final int CANNOT_START = 255;

    private IoFlusher() {}

    /** A process: whatever cannot be had is told of, the program is started all the same. */
    public static void main(String[] command) {
        attempt(ProcessMark::setIoFlusher);
        attempt(ProcessMark::disableHugePages);
        try {
            ProcessMark.become(command);
        } catch (IOException e) {
            tell(e);
            System.exit(CANNOT_START);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            tell(e);
        }
    }

    private static void tell(IOException failure) {
        System.err.println("overlaybd-tcmu: " + failure.getMessage());
    }
}
