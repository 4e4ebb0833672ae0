package io.overlaybd.cache;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * The units of one open blob that are kept on disk: what is known of them, their files, the space they take.
 *
 * <p>Reading verified units takes no lock. A unit may then be dropped, its space punched out and even stored anew while
 * bytes of it are being read; {@code evictions} finds that out. A drop goes
 *
 * <pre>
 *   claim the unit;  state = ABSENT;  evictions++;  clear the record;  punch;  release the claim
 * </pre>
 *
 * and a read: {@code evictions}, all states VERIFIED?, bytes, {@code evictions} again. Bytes that were punched out before
 * they were read were so after {@code evictions++}, so a read that finds the number unchanged either has no such bytes, or
 * took the number after that step; then it also saw ABSENT, or the VERIFIED of whoever claimed the unit after the punch and
 * wrote its bytes first. A read that finds the number changed is made again.
 *
 * <p>Thread-safety: {@link #tryRead} by anyone; the rest by who has claimed the units.
 */
final class UnitKeeper {

    /** After so many evictions in the middle of a read it goes through the gate, where none can come between. */
    private static final int TRIES = 3;

    private static final int PAGE_BYTES = 4096;

    /** Where there are no files, it is tried so often to make some. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private static final VarHandle EVICTIONS;

    static {
        try {
            EVICTIONS = MethodHandles.lookup().findVarHandle(UnitKeeper.class, "evictions", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CacheEntry entry;
    private final UnitGrid grid;
    private final UnitMap units;
    private final Supplier<UnitFiles> opener;
    private final CacheServices services;
    private final Counters counters;

    private volatile long evictions;
    private volatile boolean keepsUnits;
    private volatile UnitFiles files; // null while there can be none: everything passes through
    private Instant nextOpening; // guarded by this, as is the change of files
    private boolean closed; // guarded by this

    /** {@code opener} makes empty files; null if the disk refuses. */
    UnitKeeper(
            CacheEntry entry,
            UnitGrid grid,
            UnitFiles files,
            Supplier<UnitFiles> opener,
            CacheServices services,
            Counters counters) {
        this.entry = entry;
        this.grid = grid;
        this.units = new UnitMap(grid, services.options().unitsPerGroup());
        this.files = files;
        this.opener = opener;
        this.nextOpening = services.options().clock().instant().plus(PAUSE);
        this.keepsUnits = files != null;
        this.services = services;
        this.counters = counters;
    }

    UnitMap units() {
        return units;
    }

    /**
     * Fills {@code dst} if all units of the range are verified; else leaves its position.
     *
     * @param mayWait for the disk
     */
    boolean tryRead(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        int start = dst.position();
        int first = grid.unitAt(offsetBytes);
        int last = grid.unitAt(offsetBytes + dst.remaining() - 1);
        for (int tries = 0; tries < TRIES; tries++) {
            long before = evictions;
            if (!units.allVerified(first, last)) {
                return false;
            }
            if (!readFiles(offsetBytes, dst, mayWait)) {
                dst.position(start);
                return false;
            }
            VarHandle.acquireFence();
            if (evictions == before) {
                units.touch(first, last);
                return true;
            }
            dst.position(start);
        }
        return false;
    }

    /** False, too, if the disk fails; the way through the gate then finds out which unit cannot be read. */
    private boolean readFiles(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        try {
            return files.read(offsetBytes, dst, mayWait);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Fills {@code dst} with a whole unit if it is stored and its bytes are those recorded; one that is not is dropped. */
    boolean load(int unit, ByteBuffer dst) {
        if (files == null || units.state(unit) == UnitMap.ABSENT) {
            return false;
        }
        Stage before = StageTimes.enter(Stage.CACHE_READ);
        try {
            return loadStored(unit, dst);
        } finally {
            StageTimes.leave(before);
        }
    }

    private boolean loadStored(int unit, ByteBuffer dst) {
        if (loaded(unit, dst) == UnitFiles.Loaded.RIGHT) {
            units.set(unit, UnitMap.VERIFIED);
            units.touch(unit, unit);
            counters.bytesFromCache.add(dst.remaining());
            return true;
        }
        return false;
    }

    private UnitFiles.Loaded loaded(int unit, ByteBuffer dst) {
        UnitFiles.Loaded loaded;
        try {
            loaded = files.load(unit, grid.startBytes(unit), dst);
        } catch (ClosedChannelException e) {
            loaded = UnitFiles.Loaded.ABSENT;
        } catch (IOException e) {
            loaded = UnitFiles.Loaded.WRONG;
        }
        if (loaded == UnitFiles.Loaded.WRONG) {
            counters.badChecksums.increment();
            drop(unit, 1);
        } else if (loaded == UnitFiles.Loaded.ABSENT) {
            units.set(unit, UnitMap.ABSENT);
        }
        return loaded;
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
        if (!hasFiles()) {
            notKept(first, count, "");
        } else if (services.evictor().reserve(spaceBytes)) {
            try {
                store(first, count, bytes);
            } finally {
                entry.book(files);
                services.capacity().unreserve(spaceBytes);
            }
        } else if (count > 1) {
            keepInHalves(first, count, bytes);
        } else {
            notKept(first, 1, "no space within the limits");
        }
    }

    /** A disk that refused when the blob was opened may be well again, and a blob may be open for months. */
    private boolean hasFiles() {
        return files != null || openAgain();
    }

    private synchronized boolean openAgain() {
        Instant now = services.options().clock().instant();
        if (files == null && !closed && !now.isBefore(nextOpening)) {
            files = opener.get();
            nextOpening = now.plus(PAUSE);
        }
        return files != null;
    }

    private void keepInHalves(int first, int count, ByteBuffer bytes) {
        int half = count / 2;
        int halfBytes = half * grid.unitBytes();
        keepAsSpaceAllows(first, half, bytes.slice(0, halfBytes));
        keepAsSpaceAllows(first + half, count - half, bytes.slice(halfBytes, bytes.remaining() - halfBytes));
    }

    private void store(int first, int count, ByteBuffer bytes) {
        try {
            files.store(first, count, grid, bytes);
            for (int unit = first; unit < first + count; unit++) {
                units.set(unit, UnitMap.VERIFIED);
            }
            units.touch(first, first + count - 1);
            keepsUnits = true;
        } catch (ClosedChannelException e) {
            setAbsent(first, count);
        } catch (IOException e) {
            notKept(first, count, e.toString());
        }
    }

    private void setAbsent(int first, int count) {
        for (int unit = first; unit < first + count; unit++) {
            units.set(unit, UnitMap.ABSENT);
        }
    }

    private void notKept(int first, int count, String why) {
        keepsUnits = false;
        setAbsent(first, count);
        counters.uncachedUnits.add(count);
        if (files != null) {
            services.warnings().notCached(entry.digest(), why);
        }
    }

    /** Whether a unit is stored, as far as one can tell without reading it. */
    boolean isPresent(int unit) {
        if (files == null || units.state(unit) != UnitMap.UNKNOWN) {
            return units.state(unit) == UnitMap.VERIFIED;
        }
        try {
            return files.isRecorded(unit);
        } catch (IOException e) {
            return false;
        }
    }

    /** Has the next read of a unit that is stored compare it with its checksum once more. */
    void distrust(int unit) {
        if (units.state(unit) == UnitMap.VERIFIED) {
            units.set(unit, UnitMap.UNKNOWN);
        }
    }

    /** Gives adjacent units up, with whatever lies in their place; false if the space cannot be given back. */
    boolean drop(int first, int count) {
        if (files == null) {
            return false;
        }
        setAbsent(first, count);
        EVICTIONS.getAndAdd(this, 1L);
        try {
            files.drop(first, count, grid.startBytes(first), grid.lengthBytes(first, count));
            return true;
        } catch (ClosedChannelException e) {
            return false;
        } catch (IOException e) {
            services.warnings().notCached(entry.digest(), "cannot give space back: " + e);
            return false;
        } finally {
            entry.book(files);
        }
    }

    /** Whether the last unit that was fetched could be kept. */
    boolean keepsUnits() {
        return keepsUnits;
    }

    /** The blob has another length than was recorded: the record goes, so that the next opening asks again. */
    void condemn() {
        try {
            if (files != null) {
                files.condemn();
            }
        } catch (IOException e) {
            services.warnings().notCached(entry.digest(), "cannot drop its record: " + e);
        }
    }

    long allocatedBytes() {
        return entry.allocatedBytes();
    }

    /** Closes the files; what they took stays booked. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        if (files != null) {
            files.endChanges();
            entry.book(files);
            files.close();
        }
    }
}
