package io.overlaybd.cache;

import java.util.Arrays;

/**
 * Recognises readers that go forward through a blob, and says how far ahead of them to fetch: as far as they have come, up to
 * {@value #MAX_REQUEST_BYTES} bytes in one request. So who reads a blob from end to end pays few requests, and who reads
 * here and there gets no more than the unit that is asked for.
 *
 * <p>Several may read at once, each in several threads, whose reads arrive a little out of order: a read belongs to a stream
 * if it begins within {@value #SLACK_UNITS} units of where that one has come to. The oldest of {@value #STREAMS} streams
 * gives way to a new one.
 *
 * <p>Thread-safety: guarded by the object's monitor; pure but for what it remembers.
 */
final class ReadAhead {

    static final int MAX_REQUEST_BYTES = 1 << 20;

    private static final int STREAMS = 32;
    private static final int SLACK_UNITS = 2;
    private static final int NOWHERE = Integer.MIN_VALUE / 2;

    private final int maxUnits;
    private final int[] starts = new int[STREAMS];
    private final int[] ends = new int[STREAMS];
    private int oldest;

    ReadAhead(int unitBytes) {
        maxUnits = MAX_REQUEST_BYTES / unitBytes;
        Arrays.fill(ends, NOWHERE);
    }

    /**
     * How many units behind {@code last} to fetch along with those from {@code first} to {@code last}, which the caller is
     * about to fetch.
     */
    synchronized int unitsAfter(int first, int last) {
        for (int i = 0; i < STREAMS; i++) {
            if (first >= starts[i] && first < ends[i]) {
                return 0; // fetched once more: dropped since, or not kept
            }
            if (Math.abs(first - ends[i]) <= SLACK_UNITS) {
                int ahead = Math.max(0, Math.min(ends[i] - starts[i], maxUnits - (last - first + 1)));
                starts[i] = Math.min(starts[i], first);
                ends[i] = Math.max(ends[i], last + 1 + ahead);
                return ahead;
            }
        }
        starts[oldest] = first;
        ends[oldest] = last + 1;
        oldest = (oldest + 1) % STREAMS;
        return 0;
    }
}
