package io.overlaybd.service.metrics;

import io.overlaybd.io.metrics.DeviceMeter;
import java.io.Closeable;
import java.time.Instant;

/** A device from when its frontend begins to serve it until that ends, and what it does meanwhile. Thread-safe. */
public final class DeviceEntry implements Closeable {

    private final DeviceMeters owner;
    private final DeviceInfo info;
    private final String label;
    private final DeviceMeter meter = new DeviceMeter();
    private final Instant since = Instant.now();
    private volatile Opened opened; // null until the image is

    /** What is known of an image once it is open. */
    private record Opened(long sizeBytes, boolean readOnly) {}

    DeviceEntry(DeviceMeters owner, DeviceInfo info, String label) {
        this.owner = owner;
        this.info = info;
        this.label = label;
    }

    /** What it is called. */
    public DeviceInfo info() {
        return info;
    }

    /** Under which label it has metrics; those beyond a bound share one. */
    public String label() {
        return label;
    }

    /** Where the frontend tells what the device does. */
    public DeviceMeter meter() {
        return meter;
    }

    /** Since when the frontend has it. */
    public Instant since() {
        return since;
    }

    /** The image is open: commands are answered with what it holds. */
    public void serves(long sizeBytes, boolean readOnly) {
        opened = new Opened(sizeBytes, readOnly);
    }

    /** Whether the image is open. */
    public boolean isServing() {
        return opened != null;
    }

    /** Length of the disk, 0 until the image is open. */
    public long sizeBytes() {
        Opened now = opened;
        return now == null ? 0 : now.sizeBytes;
    }

    /** Whether the disk cannot be written to, as far as that is known. */
    public boolean isReadOnly() {
        Opened now = opened;
        return now != null && now.readOnly;
    }

    /** The device is no more. What it did stays in the totals. Idempotent. */
    @Override
    public void close() {
        owner.leave(this);
    }
}
