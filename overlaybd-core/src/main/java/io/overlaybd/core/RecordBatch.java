package io.overlaybd.core;

import io.overlaybd.core.format.SegmentMapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Records of an index, as they stand in a file, in the order in which they came. Thread-confined. */
final class RecordBatch {

    private static final int FIRST_CAPACITY_BYTES = 64 * SegmentMapping.BYTES;

    private ByteBuffer records = allocate(FIRST_CAPACITY_BYTES);

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
        return records.position() / SegmentMapping.BYTES;
    }

    void clear() {
        records.clear();
    }

    void add(long low, long high) {
        if (records.remaining() < SegmentMapping.BYTES) {
            records = allocate(Math.multiplyExact(2, records.capacity())).put(records.flip());
        }
        records.putLong(low).putLong(high);
    }

    long low(int i) {
        return records.getLong(i * SegmentMapping.BYTES);
    }

    long high(int i) {
        return records.getLong(i * SegmentMapping.BYTES + Long.BYTES);
    }

    /** All of them, ready to be written. */
    ByteBuffer bytes() {
        return records.duplicate().flip();
    }
}
