package io.overlaybd.zfile;

import java.util.Arrays;

/**
 * A growing list of 16-bit numbers in chunks of 64 KiB: growing copies none of them, and memory follows what was added,
 * not what was announced. Thread-confined while it grows, immutable after {@link #trim()}.
 */
final class CharColumn {

    private static final int CHUNK_SHIFT = 15;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

    private char[][] chunks = new char[1][];
    private int size;

    int size() {
        return size;
    }

    char get(int index) {
        return chunks[index >>> CHUNK_SHIFT][index & CHUNK_MASK];
    }

    void add(char value) {
        int chunk = size >>> CHUNK_SHIFT;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunk * 2);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new char[1 << CHUNK_SHIFT];
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
