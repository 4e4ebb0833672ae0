package io.overlaybd.service;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.ForwardingDevice;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An image that is open under a device id: its device, of which snapshots can be taken while it is in use. The id is free again
 * once it is closed. Thread-safe.
 */
final class OpenImage extends ForwardingDevice {

    private final String devId;
    private final OpenImages images;
    private final LiveSnapshots snapshots;

    OpenImage(String devId, OpenImages images, BlockDevice device, LiveSnapshots snapshots) {
        super(device);
        this.devId = devId;
        this.images = images;
        this.snapshots = snapshots;
    }

    /** As {@link ImageService#snapshot}. */
    void snapshot(Path newConfigFile) throws IOException {
        snapshots.take(newConfigFile);
    }

    /** A snapshot that is being taken comes to its end first. */
    @Override
    public void close() throws IOException {
        if (snapshots.end()) {
            try {
                super.close();
            } finally {
                images.release(devId);
            }
        }
    }
}
