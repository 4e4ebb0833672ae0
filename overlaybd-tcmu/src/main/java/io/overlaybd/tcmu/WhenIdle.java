package io.overlaybd.tcmu;

import io.overlaybd.io.sys.ProcessMark;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done once there has been no device for a while. Immutable.
 *
 * @param after the while
 */
record WhenIdle(Duration after, Runnable work) {

    private static final Logger LOG = LoggerFactory.getLogger(WhenIdle.class);

    /** By then the VM has also compiled what was still to be compiled. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** What the devices took of the machine's memory goes back. */
    static final WhenIdle GIVE_MEMORY_BACK = new WhenIdle(SETTLED, WhenIdle::giveMemoryBack);

    /** First what Java no longer needs, then what the C library has free: above all what the VM's compiler had at its busiest. */
    private static void giveMemoryBack() {
        System.gc();
        try {
            ProcessMark.giveFreeMemoryBack();
        } catch (IOException e) {
            LOG.warn("{}: if memory runs short it may wait for itself; start it as root", e.getMessage());
        }
    }
}
