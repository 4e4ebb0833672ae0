package io.overlaybd.core;

import java.io.IOException;

/**
 * What makes a snapshot known to whoever opens the image next, such as a config that lists the sealed layer. It comes when that
 * layer is whole on the disk, and before anything is written to the new one.
 */
@FunctionalInterface
public interface Publication {

    /** Nobody needs to know. */
    Publication NONE = () -> {};

    /** Publishes, for good, or throws and has changed nothing: then there was no snapshot. */
    void publish() throws IOException;
}
