package io.overlaybd.cache;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * Keeps on disk what was fetched of one blob, as far as space and disk allow. Thread-safety: units by who has claimed them,
 * {@link #keepsUnits} by anyone.
 */
final class UnitWriter {

    private static final int PAGE_BYTES = 4096;

    private final CacheEntry entry;
    private final UnitGrid grid;
    private final UnitMap units;
    private final FilesOfBlob files;
    private final CacheServices services;
    private final Counters counters;
    private volatile boolean keepsUnits;

    UnitWriter(
            CacheEntry entry,
            UnitGrid grid,
            UnitMap units,
            FilesOfBlob files,
            CacheServices services,
            Counters counters) {
        this.entry = entry;
        this.grid = grid;
        this.units = units;
        this.files = files;
        this.services = services;
        this.counters = counters;
        this.keepsUnits = files.now() != null;
    }

    /** Whether the last unit that was fetched could be kept. */
    boolean keepsUnits() {
        return keepsUnits;
    }

    /** Stores adjacent units that were fetched. Where that fails they stay absent, and their bytes go to the readers all the same. */
    void keep(int first, int count, ByteBuffer bytes) {
        Stage before = StageTimes.enter(Stage.CACHE_WRITE);
        try {
            keepAsSpaceAllows(first, count, bytes);
        } finally {
            StageTimes.leave(before);
        }
    }

    private void keepAsSpaceAllows(int first, int count, ByteBuffer bytes) {
        long spaceBytes = bytes.remaining() + 2L * PAGE_BYTES; // the last page cut short, and a page of the record
        if (files.nowOrOpened() == null) {
            notKept(first, count, "");
        } else if (services.evictor().reserve(spaceBytes)) {
            try {
                store(first, count, bytes);
            } finally {
                entry.book(files.now());
                services.capacity().unreserve(spaceBytes);
            }
        } else if (count > 1) {
            keepInHalves(first, count, bytes);
        } else {
            notKept(first, 1, "no space within the limits");
        }
    }

    private void keepInHalves(int first, int count, ByteBuffer bytes) {
        int half = count / 2;
        int halfBytes = half * grid.unitBytes();
        keepAsSpaceAllows(first, half, bytes.slice(0, halfBytes));
        keepAsSpaceAllows(first + half, count - half, bytes.slice(halfBytes, bytes.remaining() - halfBytes));
    }

    private void store(int first, int count, ByteBuffer bytes) {
        try {
            files.now().store(first, count, grid, bytes);
            units.setAll(first, count, UnitMap.VERIFIED);
            units.touch(first, first + count - 1);
            keepsUnits = true;
        } catch (ClosedChannelException e) {
            units.setAll(first, count, UnitMap.ABSENT);
        } catch (IOException e) {
            notKept(first, count, e.toString());
        }
    }

    private void notKept(int first, int count, String why) {
        keepsUnits = false;
        units.setAll(first, count, UnitMap.ABSENT);
        counters.uncachedUnits.add(count);
        if (files.now() != null) {
            services.warnings().notCached(entry.digest(), why);
        }
    }
}
