package io.overlaybd.cache;

import java.util.Arrays;

/**
 * Recognises readers that go forward through a blob, and says how far ahead of them to fetch. Two distances:
 *
 * <ul>
 *   <li>what a request that is made in any case brings along: as much as they have come, up to {@value #MAX_REQUEST_BYTES} bytes in
 *       one request. So who reads a blob from end to end pays few requests, and who reads here and there gets no more than the
 *       refill unit that is asked for;
 *   <li>what is fetched beyond that in the background, once they have come {@value #MAX_REQUEST_BYTES} bytes in more than one read: as much as they have
 *       come, up to the window that the link wants.
 * </ul>
 *
 * <p>Several may read at once, each in several threads, whose reads arrive a little out of order: a read belongs to a stream
 * if it begins within {@value #SLACK_REFILL_UNITS} refill units of where that one has come to. The oldest of {@value #STREAMS}
 * streams gives way to a new one.
 *
 * <p>Thread-safety: guarded by the object's monitor; pure but for what it remembers.
 */
final class ReadAhead {

    static final int MAX_REQUEST_BYTES = 1 << 20;

    private static final int STREAMS = 32;
    private static final int SLACK_REFILL_UNITS = 2;
    private static final int NOWHERE = Integer.MIN_VALUE / 2;

    private final int maxUnits;
    private final int slackUnits;
    private final int[] starts = new int[STREAMS];
    private final int[] ends = new int[STREAMS];
    private final boolean[] goOn = new boolean[STREAMS]; // more than one read
    private int oldest;

    ReadAhead(int unitBytes, int unitsPerRefill) {
        slackUnits = SLACK_REFILL_UNITS * unitsPerRefill;
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
            if (Math.abs(first - ends[i]) <= slackUnits) {
                int ahead = Math.max(0, Math.min(ends[i] - starts[i], maxUnits - (last - first + 1)));
                goOn[i] = true;
                starts[i] = Math.min(starts[i], first);
                ends[i] = Math.max(ends[i], last + 1 + ahead);
                return ahead;
            }
        }
        starts[oldest] = first;
        ends[oldest] = last + 1;
        goOn[oldest] = false;
        oldest = (oldest + 1) % STREAMS;
        return 0;
    }

    /** Adjacent units, {@code end} excluded. */
    record Stretch(int first, int end) {
        static final Stretch NONE = new Stretch(0, 0);

        boolean isEmpty() {
            return end <= first;
        }
    }

    /**
     * What to fetch in the background for a reader that has come to {@code unit}. The caller fetches it, or it comes when it is
     * asked for.
     *
     * @param windowUnits how far ahead the link wants him to be
     */
    synchronized Stretch beyond(int unit, int windowUnits) {
        for (int i = 0; i < STREAMS; i++) {
            if (unit >= starts[i] && unit < ends[i]) {
                int come = unit + 1 - starts[i];
                int end = unit + 1 + Math.min(come, windowUnits);
                boolean worthIt = goOn[i]
                        && come >= maxUnits
                        && end - ends[i] >= Math.max(1, Math.min(maxUnits, windowUnits) / 2);
                if (!worthIt) {
                    return Stretch.NONE;
                }
                Stretch stretch = new Stretch(ends[i], end);
                ends[i] = end;
                return stretch;
            }
        }
        return Stretch.NONE;
    }
}
