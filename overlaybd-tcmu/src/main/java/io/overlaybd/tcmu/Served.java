package io.overlaybd.tcmu;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** A device whose commands are answered, with NOT READY until its image is open. Thread-safe. */
interface Served extends Closeable {

    Backstore backstore();

    /** Opens the image. May be tried again after it failed; what comes too late, after the closing, is closed at once. */
    void openImage(Images images) throws IOException;

    /** Whether commands are answered with what the image holds. */
    boolean hasImage();

    boolean isClosed();

    /**
     * Answers what is under way, while the kernel holds back more, then leaves the device to whoever serves it next. What is
     * not answered in time stays in the ring, from where the next one gives it back.
     */
    void handOver(Duration patience) throws IOException, InterruptedException;
}
