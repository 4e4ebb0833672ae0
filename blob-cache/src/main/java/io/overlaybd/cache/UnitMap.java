package io.overlaybd.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/**
 * What this process knows of each refill unit of a blob, and which groups of units were used lately. One byte a unit, in
 * chunks that come into being with the first unit known, so that the stated length of a blob alone costs nearly nothing.
 *
 * <p>Thread-safety: any thread reads. The state of a unit is written only by who has claimed it in the {@link RefillGate};
 * a state written after some bytes is seen before them.
 */
final class UnitMap {

    /** Nothing is known: the presence file has to be asked, and the bytes compared with their checksum. */
    static final byte UNKNOWN = 0;
    /** Not stored, whatever the presence file says. */
    static final byte ABSENT = 1;
    /** Stored, and found right in this process's life. */
    static final byte VERIFIED = 2;

    static final int CHUNK_UNITS = 4096;

    private static final VarHandle BYTE = MethodHandles.arrayElementVarHandle(byte[].class);

    private record Chunk(byte[] states, byte[] touched) {
        Chunk(int groups) {
            this(new byte[CHUNK_UNITS], new byte[groups]);
        }
    }

    private final AtomicReferenceArray<Chunk> chunks;
    private final int groupUnits;
    private final int chunkGroups;

    /** {@code groupUnits} is the length of the pieces that eviction takes of an open blob; it divides that of a chunk. */
    UnitMap(UnitGrid grid, int groupUnits) {
        this.groupUnits = groupUnits;
        chunkGroups = CHUNK_UNITS / groupUnits;
        chunks = new AtomicReferenceArray<>((grid.count() + CHUNK_UNITS - 1) / CHUNK_UNITS);
    }

    int groupUnits() {
        return groupUnits;
    }

    byte state(int unit) {
        Chunk chunk = chunks.get(unit / CHUNK_UNITS);
        return chunk == null ? UNKNOWN : (byte) BYTE.getVolatile(chunk.states, unit % CHUNK_UNITS);
    }

    boolean allVerified(int first, int last) {
        for (int unit = first; unit <= last; unit++) {
            if (state(unit) != VERIFIED) {
                return false;
            }
        }
        return true;
    }

    void set(int unit, byte state) {
        BYTE.setVolatile(chunkOf(unit).states, unit % CHUNK_UNITS, state);
    }

    void setAll(int first, int count, byte state) {
        for (int unit = first; unit < first + count; unit++) {
            set(unit, state);
        }
    }

    /** Notes that the units are in use; writes only what is not written yet, so that hot groups stay in every CPU's cache. */
    void touch(int first, int last) {
        for (int group = first / groupUnits; group <= last / groupUnits; group++) {
            touchGroup(group);
        }
    }

    /** {@link #touch} of a whole group. */
    void touchGroup(int group) {
        byte[] touched = chunkOf(group * groupUnits).touched;
        if ((byte) BYTE.getOpaque(touched, group % chunkGroups) == 0) {
            BYTE.setOpaque(touched, group % chunkGroups, (byte) 1);
        }
    }

    /** Tells the groups used since the last time, in ascending order. */
    void drainTouched(IntConsumer visitor) {
        for (int i = 0; i < chunks.length(); i++) {
            Chunk chunk = chunks.get(i);
            for (int group = 0; chunk != null && group < chunkGroups; group++) {
                if ((byte) BYTE.getAndSet(chunk.touched, group, (byte) 0) != 0) {
                    visitor.accept(i * chunkGroups + group);
                }
            }
        }
    }

    private Chunk chunkOf(int unit) {
        int index = unit / CHUNK_UNITS;
        Chunk chunk = chunks.get(index);
        if (chunk == null) {
            Chunk fresh = new Chunk(chunkGroups);
            Chunk witness = chunks.compareAndExchange(index, null, fresh);
            chunk = witness == null ? fresh : witness;
        }
        return chunk;
    }
}
