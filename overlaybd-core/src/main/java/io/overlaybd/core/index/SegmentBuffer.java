package io.overlaybd.core.index;

import java.util.Arrays;

/**
 * Segments that are being collected: two growing arrays of words, and a third of wide tags for who asks for it.
 * Thread-confined.
 */
final class SegmentBuffer {

    private static final int FIRST_CAPACITY = 1024;

    private final int maxSize;
    private long[] low;
    private long[] high;
    private char[] tags;
    private int size;

    /** Grows up to {@code maxSize} segments, which is only a bound: memory is taken as segments come. */
    SegmentBuffer(int maxSize, boolean wideTags) {
        this(maxSize, wideTags, Math.min(maxSize, FIRST_CAPACITY));
    }

    private SegmentBuffer(int maxSize, boolean wideTags, int capacity) {
        this.maxSize = maxSize;
        low = new long[capacity];
        high = new long[capacity];
        tags = wideTags ? new char[capacity] : null;
    }

    /** For so many segments, without wide tags. */
    static SegmentBuffer ofExactly(int count) {
        return new SegmentBuffer(count, false, count);
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == maxSize;
    }

    long low(int i) {
        return low[i];
    }

    long high(int i) {
        return high[i];
    }

    void add(long lowWord, long highWord) {
        if (size == low.length) {
            grow();
        }
        low[size] = lowWord;
        high[size++] = highWord;
    }

    void add(long lowWord, long highWord, int wideTag) {
        add(lowWord, highWord);
        if (tags != null) {
            tags[size - 1] = (char) wideTag;
        }
    }

    private void grow() {
        if (isFull()) {
            throw new IllegalStateException("more than " + maxSize + " segments");
        }
        int capacity = (int) Math.min(maxSize, low.length + (low.length >> 1) + (long) FIRST_CAPACITY);
        resize(capacity);
    }

    /** Gives back what is not used, then hands out the arrays; the buffer must not be used any more. */
    Run toRun() {
        if (size < low.length) {
            resize(size);
        }
        return new Run(low, high, tags, size, 0);
    }

    private void resize(int capacity) {
        low = Arrays.copyOf(low, capacity);
        high = Arrays.copyOf(high, capacity);
        tags = tags == null ? null : Arrays.copyOf(tags, capacity);
    }
}
