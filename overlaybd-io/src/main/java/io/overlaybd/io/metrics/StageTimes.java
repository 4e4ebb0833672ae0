package io.overlaybd.io.metrics;

/**
 * Where the time of one operation goes, for as long as it runs on one thread. What it passes through says which stage begins and
 * ends, by the static methods, which do nothing on a thread that nobody measures:
 *
 * <pre>
 *  Stage before = StageTimes.enter(Stage.DECOMPRESS);
 *  try { ... } finally { StageTimes.leave(before); }
 * </pre>
 *
 * Time within a nested stage is not counted in the one around it, except that getting a token is one stage, whatever that takes.
 * Thread-confined between {@link #begin} and {@link #end}; read only by the same thread or after a hand-over.
 */
public final class StageTimes {

    private static final ThreadLocal<StageTimes> CURRENT = new ThreadLocal<>();
    private static final int STAGES = Stage.values().length;

    private final long[] nanos = new long[STAGES];
    private Stage stage = Stage.INDEX;
    private long sinceNanos;
    private String origin; // null if nobody was asked

    /** Measures this thread from now on, what was waited for before being the queue. */
    void begin(long queuedNanos, long nowNanos) {
        nanos[Stage.QUEUE.ordinal()] = Math.max(0, nowNanos - queuedNanos);
        sinceNanos = nowNanos;
        CURRENT.set(this);
    }

    /** Ends the measurement of this thread. */
    void end(long nowNanos) {
        switchTo(Stage.INDEX, nowNanos);
        CURRENT.remove();
    }

    /**
     * Begins a stage.
     *
     * @return what to give to {@link #leave}, null if this thread is not measured
     */
    public static Stage enter(Stage next) {
        StageTimes times = CURRENT.get();
        if (times == null) {
            return null;
        }
        Stage before = times.stage;
        if (before != Stage.REGISTRY_AUTH) {
            times.switchTo(next, System.nanoTime());
        }
        return before;
    }

    /** Goes back to the stage of before. */
    public static void leave(Stage before) {
        StageTimes times = before == null ? null : CURRENT.get();
        if (times != null && times.stage != before) {
            times.switchTo(before, System.nanoTime());
        }
    }

    /** A part of the time that was just spent in one stage belongs to another. */
    public static void move(Stage from, Stage to, long movedNanos) {
        StageTimes times = CURRENT.get();
        if (times != null && times.stage == from) {
            times.nanos[from.ordinal()] -= movedNanos;
            times.nanos[to.ordinal()] += movedNanos;
        }
    }

    /** Says who is asked for bytes, as a host and perhaps a port. */
    public static void asked(String host) {
        StageTimes times = CURRENT.get();
        if (times != null && times.stage != Stage.REGISTRY_AUTH) {
            times.origin = host;
        }
    }

    private void switchTo(Stage next, long nowNanos) {
        nanos[stage.ordinal()] += nowNanos - sinceNanos;
        sinceNanos = nowNanos;
        stage = next;
    }

    /** What went into a stage, in nanoseconds. */
    public long nanos(Stage of) {
        return nanos[of.ordinal()];
    }

    /** Who was asked for bytes last, null if nobody was. */
    public String origin() {
        return origin;
    }
}
