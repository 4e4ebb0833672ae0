package io.overlaybd.kerneltests;

import io.overlaybd.kerneltests.Moments.Moment;
import io.overlaybd.kerneltests.WriteLog.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Random;

/** A disk that moves on from moment to moment of a {@link WriteLog}. Confined to one thread. */
final class Replay {

    private final WriteLog log;
    private final FileChannel disk;
    private int applied;

    /** On a disk of zeros. */
    Replay(WriteLog log, FileChannel disk) {
        this.log = log;
        this.disk = disk;
    }

    /** Leaves the disk with what it had for good at that moment, and nothing else. */
    void moveTo(Moment moment) throws IOException {
        for (Entry entry : log.entries().subList(applied, moment.entries())) {
            log.apply(entry, disk);
        }
        applied = moment.entries();
    }

    /**
     * Gives another disk, a copy of this one, any half of what was written next but not flushed: that a disk may have of it.
     *
     * @return how many writes it got
     */
    int addUnflushed(FileChannel copy) throws IOException {
        Random random = new Random(applied);
        int added = 0;
        for (Entry entry : unflushed()) {
            if (!entry.is(WriteLog.MARK) && random.nextBoolean()) {
                log.apply(entry, copy);
                added++;
            }
        }
        return added;
    }

    private List<Entry> unflushed() {
        List<Entry> entries = log.entries();
        int end = applied;
        while (end < entries.size() && !entries.get(end).isDurable()) {
            end++;
        }
        return entries.subList(applied, end);
    }
}
