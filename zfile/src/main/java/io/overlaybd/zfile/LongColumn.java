package io.overlaybd.zfile;

import java.util.Arrays;

/**
 * A growing list of 64-bit numbers in chunks of 64 KiB: growing copies none of them, and memory follows what was added,
 * not what was announced. Thread-confined while it grows, immutable after {@link #trim()}.
 */
final class LongColumn {

    private static final int CHUNK_SHIFT = 13;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

    private long[][] chunks = new long[1][];
    private int size;

    long get(int index) {
        return chunks[index >>> CHUNK_SHIFT][index & CHUNK_MASK];
    }

    void add(long value) {
        int chunk = size >>> CHUNK_SHIFT;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunk * 2);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new long[1 << CHUNK_SHIFT];
        }
        chunks[chunk][size++ & CHUNK_MASK] = value;
    }

    /** Gives back what the last chunk does not need; nothing is added after this. */
    void trim() {
        int last = size >>> CHUNK_SHIFT;
        if (last < chunks.length && chunks[last] != null) {
            chunks[last] = Arrays.copyOf(chunks[last], size & CHUNK_MASK);
        }
    }
}
