package io.overlaybd.io.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The last {@value #CAPACITY} reads of a device that were not served at once, the oldest forgotten first. Thread-safe. */
public final class RecentReads {

    /** How many are remembered. */
    public static final int CAPACITY = 1000;

    /** Read by read, its stages and then the whole, in microseconds; rows come into being when they are first needed. */
    private final int[][] rows = new int[CAPACITY][];

    private final String[] origins = new String[CAPACITY];
    private int next;

    /**
     * One read.
     *
     * @param stageMicros by {@link Stage#ordinal}
     * @param origin who was asked for bytes, null if nobody was
     */
    public record Row(int[] stageMicros, int totalMicros, String origin) {
        /** What went into a stage. */
        public int micros(Stage stage) {
            return stageMicros[stage.ordinal()];
        }
    }

    synchronized void add(StageTimes times, long totalNanos) {
        int stages = Stage.values().length;
        if (rows[next] == null) {
            rows[next] = new int[stages + 1];
        }
        int[] row = rows[next];
        for (Stage stage : Stage.values()) {
            row[stage.ordinal()] = micros(times.nanos(stage));
        }
        row[stages] = micros(totalNanos);
        origins[next] = times.origin();
        next = (next + 1) % CAPACITY;
    }

    /** Half an hour and more is half an hour. */
    private static int micros(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos)));
    }

    /** The last so many, the newest first. */
    public synchronized List<Row> last(int count) {
        List<Row> last = new ArrayList<>();
        for (int back = 1; back <= Math.min(count, CAPACITY); back++) {
            int at = Math.floorMod(next - back, CAPACITY);
            if (rows[at] == null) {
                break;
            }
            int stages = Stage.values().length;
            last.add(new Row(Arrays.copyOf(rows[at], stages), rows[at][stages], origins[at]));
        }
        return last;
    }
}
