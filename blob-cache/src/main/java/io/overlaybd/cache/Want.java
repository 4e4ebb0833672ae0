package io.overlaybd.cache;

import java.nio.ByteBuffer;

/**
 * The part of one refill unit that a reader waits for, and where it belongs. Whoever gets the unit fills it, in the
 * reader's buffer, while the reader waits; the landing of the {@link Flight} makes that visible to the reader.
 */
final class Want {

    private final int unit;
    private final int offsetInUnit;
    private final int lengthBytes;
    private final ByteBuffer dst;
    private final int dstIndex;
    private boolean filled;

    Want(int unit, int offsetInUnit, int lengthBytes, ByteBuffer dst, int dstIndex) {
        this.unit = unit;
        this.offsetInUnit = offsetInUnit;
        this.lengthBytes = lengthBytes;
        this.dst = dst;
        this.dstIndex = dstIndex;
    }

    int unit() {
        return unit;
    }

    /** Copies the wanted part; {@code unitBytes} holds the whole unit from its index 0 on. */
    void fill(ByteBuffer unitBytes) {
        dst.put(dstIndex, unitBytes, offsetInUnit, lengthBytes);
        filled = true;
    }

    boolean isFilled() {
        return filled;
    }
}
