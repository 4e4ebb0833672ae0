package io.overlaybd.tcmu.ring;

import io.overlaybd.io.sys.MappedRegion;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The other side of a ring, as Linux plays it: commands in, answers out, with its own idea of where each field stands.
 * Thread-confined, except that {@link #kick} may come from anywhere.
 */
public final class FakeKernelRing implements Closeable {

    public static final int RING_OFFSET = 128;

    private static final int HEAD = 12;
    private static final int TAIL = 64;

    /** What became of a command. */
    public record Result(int status, byte[] sense, int flags, int readLength) {}

    private final MappedRegion region;
    private final ByteBuffer all;
    private final int ringBytes;
    private final Map<Integer, byte[]> pending = new TreeMap<>();
    private final Map<Integer, Result> results = new TreeMap<>();
    private final List<Integer> flagsOfOthers = new ArrayList<>();
    private int head;
    private int cleaned;

    public FakeKernelRing(int ringBytes, int dataBytes) throws IOException {
        this.ringBytes = ringBytes;
        region = MappedRegion.anonymous(RING_OFFSET + ringBytes + dataBytes);
        all = region.slice(0, region.lengthBytes());
        all.putShort(0, (short) 2)
                .putShort(2, (short) 0xF)
                .putInt(4, RING_OFFSET)
                .putInt(8, ringBytes);
    }

    public MappedRegion region() {
        return region;
    }

    /** The whole mapping, for tests that spoil it. */
    public ByteBuffer raw() {
        return all;
    }

    public int dataOffset() {
        return RING_OFFSET + ringBytes;
    }

    public int head() {
        return head;
    }

    /** An idle ring stands here. */
    public void startAt(int place) {
        head = place;
        cleaned = place;
        all.putInt(HEAD, place).putInt(TAIL, place);
    }

    /** Writes a command; data as pairs of offset in the data area and length. False if the ring has no room. */
    public boolean submit(int id, byte[] block, int... data) {
        int iovecs = data.length / 2;
        int room = Math.max(48 + 16 * iovecs, 112);
        int length = room + (block.length + 7) / 8 * 8;
        int at = reserve(length);
        if (at < 0) {
            return false;
        }
        all.putInt(at, length | 1)
                .putShort(at + 4, (short) id)
                .putInt(at + 8, iovecs)
                .putLong(at + 24, at + room);
        for (int i = 0; i < iovecs; i++) {
            all.putLong(at + 48 + 16 * i, dataOffset() + data[2 * i]).putLong(at + 56 + 16 * i, data[2 * i + 1]);
        }
        all.put(at + room, block);
        pending.put(id, block);
        advance(length);
        return true;
    }

    /** Writes an entry of any other operation. */
    public boolean submitOther(int op, int length) {
        int at = reserve(length);
        if (at < 0) {
            return false;
        }
        all.putInt(at, length | op);
        advance(length);
        return true;
    }

    /** Finds room for an entry in one piece, with a PAD before it if the ring ends too early. Zero-fills it. */
    private int reserve(int length) {
        int toEnd = ringBytes - head;
        int needed = toEnd >= length ? length : length + toEnd;
        int used = Math.floorMod(head - cleaned, ringBytes);
        if (ringBytes - used - 1 < needed) {
            return -1;
        }
        if (toEnd < length) {
            all.putInt(RING_OFFSET + head, toEnd);
            advance(toEnd);
        }
        for (int i = 0; i < length; i++) {
            all.put(RING_OFFSET + head + i, (byte) 0);
        }
        return RING_OFFSET + head;
    }

    private void advance(int length) {
        head = (head + length) % ringBytes;
        all.putInt(HEAD, head);
    }

    /** What the kernel does when it is kicked: takes every answer up to the tail. */
    public void kick() {
        int tail = all.getInt(TAIL);
        while (cleaned != tail) {
            int at = RING_OFFSET + cleaned;
            int word = all.getInt(at);
            int length = word & ~7;
            if ((word & 7) == 1) {
                reap(at);
            } else {
                flagsOfOthers.add((int) all.get(at + 7));
            }
            cleaned = (cleaned + length) % ringBytes;
        }
    }

    private void reap(int at) {
        int id = Short.toUnsignedInt(all.getShort(at + 4));
        if (pending.remove(id) == null) {
            throw new AssertionError("ring broken: command " + id + " is not pending");
        }
        byte[] sense = new byte[96];
        all.get(at + 16, sense);
        results.put(id, new Result(all.get(at + 8) & 0xFF, sense, all.get(at + 7), all.getInt(at + 12)));
    }

    /** The answers since the last call, by id. */
    public Map<Integer, Result> takeResults() {
        Map<Integer, Result> taken = new TreeMap<>(results);
        results.clear();
        return taken;
    }

    /** Commands without an answer. */
    public int pending() {
        return pending.size();
    }

    /** Our flags in the entries that are no commands, as they were passed. */
    public List<Integer> flagsOfOthers() {
        return flagsOfOthers;
    }

    public boolean isIdle() {
        return cleaned == head;
    }

    @Override
    public void close() {
        region.close();
    }
}
