package io.overlaybd.kerneltests;

import io.overlaybd.kerneltests.WriteLog.Entry;
import java.util.ArrayList;
import java.util.List;

/** The moments of a {@link WriteLog} at which a power loss tells most: right behind each flush, and behind what was marked then. */
final class Moments {

    /** The disk has the first {@code entries} for good; {@code mark} is the last mark among them. */
    record Moment(int entries, String mark) {}

    /** The kernel's own, when the disk is taken away. */
    private static final String END = "dm-log-writes-end";

    private Moments() {}

    /** All of them from a mark on, which is among the marks of the first. */
    static List<Moment> after(String mark, List<Entry> entries) {
        List<Moment> moments = new ArrayList<>();
        String last = "";
        boolean begun = false;
        boolean durable = false;
        for (int number = 0; number < entries.size(); number++) {
            Entry entry = entries.get(number);
            durable = entry.is(WriteLog.MARK) ? durable : entry.isDurable();
            last = entry.is(WriteLog.MARK) && !entry.mark().equals(END) ? entry.mark() : last;
            begun |= last.equals(mark);
            boolean followedByMark =
                    number + 1 < entries.size() && entries.get(number + 1).is(WriteLog.MARK);
            if (begun && durable && !followedByMark) {
                moments.add(new Moment(number + 1, last));
            }
        }
        return moments;
    }

    /** So many of them, two at least: the first, the last, and others at even distances; all if there are no more. */
    static List<Moment> spread(List<Moment> moments, int count) {
        if (moments.size() <= count) {
            return moments;
        }
        List<Moment> chosen = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            chosen.add(moments.get((int) ((long) number * (moments.size() - 1) / (count - 1))));
        }
        return chosen;
    }
}
