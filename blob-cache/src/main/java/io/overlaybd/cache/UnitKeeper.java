package io.overlaybd.cache;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

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
    private final FilesOfBlob files;
    private final UnitWriter writer;
    private final CacheServices services;
    private final Counters counters;

    private volatile long evictions;

    UnitKeeper(CacheEntry entry, UnitGrid grid, FilesOfBlob files, CacheServices services, Counters counters) {
        this.entry = entry;
        this.grid = grid;
        this.units = new UnitMap(grid, services.options().unitsPerGroup());
        this.files = files;
        this.writer = new UnitWriter(entry, grid, units, files, services, counters);
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
            return files.now().read(offsetBytes, dst, mayWait);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Fills {@code dst} with a whole unit if it is stored and its bytes are those recorded; one that is not is dropped. */
    boolean load(int unit, ByteBuffer dst) {
        if (files.now() == null || units.state(unit) == UnitMap.ABSENT) {
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
            loaded = files.now().load(unit, grid.startBytes(unit), dst);
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

    /** {@link UnitWriter#keep}. */
    void keep(int first, int count, ByteBuffer bytes) {
        writer.keep(first, count, bytes);
    }

    /** Whether a unit is stored, as far as one can tell without reading it. */
    boolean isPresent(int unit) {
        if (files.now() == null || units.state(unit) != UnitMap.UNKNOWN) {
            return units.state(unit) == UnitMap.VERIFIED;
        }
        try {
            return files.now().isRecorded(unit);
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
        if (files.now() == null) {
            return false;
        }
        units.setAll(first, count, UnitMap.ABSENT);
        EVICTIONS.getAndAdd(this, 1L);
        try {
            files.now().drop(first, count, grid.startBytes(first), grid.lengthBytes(first, count));
            return true;
        } catch (ClosedChannelException e) {
            return false;
        } catch (IOException e) {
            services.warnings().notCached(entry.digest(), "cannot give space back: " + e);
            return false;
        } finally {
            entry.book(files.now());
        }
    }

    /** Whether the last unit that was fetched could be kept. */
    boolean keepsUnits() {
        return writer.keepsUnits();
    }

    /** The blob has another length than was recorded: the record goes, so that the next opening asks again. */
    void condemn() {
        try {
            if (files.now() != null) {
                files.now().condemn();
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
        UnitFiles last = files.end();
        if (last != null) {
            last.endChanges();
            entry.book(last);
            last.close();
        }
    }
}
