package io.overlaybd.tcmu;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.time.Duration;

/** A device without a ring: opens an image, and knows what became of it. */
final class FakeServed implements Served {

    private final Backstore backstore;
    private final boolean found;
    private final Runnable whenLost;
    private BlockDevice image;
    private boolean closed;
    private boolean handedOver;

    FakeServed(Backstore backstore, boolean found, Runnable whenLost) {
        this.backstore = backstore;
        this.found = found;
        this.whenLost = whenLost;
    }

    @Override
    public Backstore backstore() {
        return backstore;
    }

    @Override
    public void openImage(Images images) throws IOException {
        BlockDevice opened = images.open(backstore.name());
        synchronized (this) {
            image = opened;
            notifyAll();
        }
    }

    synchronized void awaitImage() throws InterruptedException {
        while (image == null) {
            wait();
        }
    }

    synchronized void awaitClosed() throws InterruptedException {
        while (!closed) {
            wait();
        }
    }

    boolean found() {
        return found;
    }

    void lose() {
        whenLost.run();
    }

    @Override
    public synchronized boolean hasImage() {
        return image != null;
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    synchronized boolean isHandedOver() {
        return handedOver;
    }

    @Override
    public synchronized void handOver(Duration patience) {
        handedOver = true;
        close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
