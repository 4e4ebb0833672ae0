package io.overlaybd.core;

import io.overlaybd.core.format.SegmentMapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Records of an index, as they stand in a file, in the order in which they came. Thread-confined. */
final class RecordBatch {

    private static final int FIRST_CAPACITY_BYTES = 64 * SegmentMapping.BYTES;

    private ByteBuffer records = order(ByteBuffer.allocate(FIRST_CAPACITY_BYTES));

    private static ByteBuffer order(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
        return records.position() / SegmentMapping.BYTES;
    }

    void add(long low, long high) {
        reserve(SegmentMapping.BYTES);
        records.putLong(low).putLong(high);
    }

    void addAll(RecordBatch later) {
        reserve(later.records.position());
        records.put(later.bytes());
    }

    /** Fills up with padding to a multiple of so many records. */
    void padTo(int multiple) {
        while (size() % multiple != 0) {
            add(SegmentMapping.PADDING_LOW, 0);
        }
    }

    private void reserve(int bytes) {
        if (records.remaining() < bytes) {
            int capacity = Math.max(2 * records.capacity(), Math.addExact(records.position(), bytes));
            records = order(ByteBuffer.allocate(capacity).put(bytes()));
        }
    }

    /** All of them, ready to be written. */
    ByteBuffer bytes() {
        return records.duplicate().flip();
    }
}
