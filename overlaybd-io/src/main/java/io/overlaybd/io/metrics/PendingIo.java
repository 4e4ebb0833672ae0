package io.overlaybd.io.metrics;

/**
 * An operation under way that may have to wait. Begun where it is taken up, it is {@link #start}ed and {@link #end}ed on the thread that
 * does it. Each thread sees what the one before it did by the hand-over of the operation itself.
 */
public final class PendingIo {

    private final DeviceMeter meter;
    private final DeviceMeter.Kind kind;
    private final long takenUpNanos;
    private final StageTimes times = new StageTimes();

    PendingIo(DeviceMeter meter, DeviceMeter.Kind kind, long takenUpNanos) {
        this.meter = meter;
        this.kind = kind;
        this.takenUpNanos = takenUpNanos;
    }

    /** What it is. */
    public DeviceMeter.Kind kind() {
        return kind;
    }

    /** For how long it has been under way. */
    public long ageNanos() {
        return System.nanoTime() - takenUpNanos;
    }

    /** The work begins, on this thread, which is measured until it ends. */
    public void start() {
        times.begin(takenUpNanos, System.nanoTime());
    }

    /** The work is done, on the thread that started it. */
    public void end(long movedBytes, boolean failed) {
        long nowNanos = System.nanoTime();
        times.end(nowNanos);
        meter.ended(this, times, movedBytes, failed, nowNanos - takenUpNanos);
    }

    /** The work will not be done; it counts as nothing. To be called instead of {@link #start}. */
    public void abandon() {
        meter.abandoned(this);
    }
}
