package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.testing.VectorContent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model of the original's append-only writable layer: its data file on disk, its log of records, and its index as a map
 * from first sector to mapping. It makes the files that commits begin with.
 */
final class LogReplay implements Closeable {

    private static final int MAX_WRITE_BYTES = 4 << 20;
    private static final int BUFFERED_RECORDS = 256;

    private final LayerHeader header;
    private final boolean groupCommit;
    private final FileChannel data;
    private final List<SegmentMapping> log = new ArrayList<>();
    private final TreeMap<Long, SegmentMapping> index = new TreeMap<>();

    LogReplay(Path dataFile, long virtualSizeBytes, LayerUuid uuid, LayerUuid parent, boolean groupCommit)
            throws IOException {
        this.header = new LayerHeader(3, 0, 0, virtualSizeBytes, uuid, parent, UserTag.NONE);
        this.groupCommit = groupCommit;
        this.data = FileChannel.open(dataFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        append(header.encode());
    }

    /** Applies one line of an {@code .ops} file. */
    void apply(String line) throws IOException {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "w" ->
                write(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), words[4].charAt(0));
            case "d" -> discard(Long.parseLong(words[1]) / 512, Long.parseLong(words[2]) / 512);
            case "f" -> pad();
            case "#" -> {}
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void write(long offset, long length, long seed, char kind) throws IOException {
        for (long done = 0; done < length; done += MAX_WRITE_BYTES) {
            int piece = (int) Math.min(MAX_WRITE_BYTES, length - done);
            write((offset + done) / 512, VectorContent.of(kind, seed, offset + done, piece));
        }
    }

    void write(long sector, ByteBuffer bytes) throws IOException {
        log(new SegmentMapping(sector, bytes.remaining() / 512, data.size() / 512, false, 0));
        append(bytes);
    }

    void discard(long sector, long sectors) throws IOException {
        for (long done = 0; done < sectors; done += SegmentMapping.MAX_LENGTH_SECTORS) {
            int piece = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, sectors - done);
            log(new SegmentMapping(sector + done, piece, data.size() / 512, true, 0));
        }
    }

    /** A flush under group commit fills the buffer up with padding. */
    private void pad() {
        while (groupCommit && log.size() % BUFFERED_RECORDS != 0) {
            log.add(SegmentMapping.of(SegmentMapping.PADDING_LOW, 0));
        }
    }

    private void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            data.write(bytes, data.size());
        }
    }

    private void log(SegmentMapping mapping) {
        log.add(mapping);
        long end = end(mapping);
        SegmentMapping before = value(index.lowerEntry(mapping.offsetSectors()));
        if (before != null && end(before) > mapping.offsetSectors()) {
            put(cut(before, before.offsetSectors(), mapping.offsetSectors()));
            if (end(before) > end) {
                put(cut(before, end, end(before)));
            }
        }
        for (SegmentMapping under = value(index.ceilingEntry(mapping.offsetSectors()));
                under != null && under.offsetSectors() < end;
                under = value(index.ceilingEntry(mapping.offsetSectors()))) {
            index.remove(under.offsetSectors());
            if (end(under) > end) {
                put(cut(under, end, end(under)));
                break;
            }
        }
        put(mapping);
    }

    private void put(SegmentMapping mapping) {
        index.put(mapping.offsetSectors(), mapping);
    }

    private static SegmentMapping value(Map.Entry<Long, SegmentMapping> entry) {
        return entry == null ? null : entry.getValue();
    }

    private static long end(SegmentMapping mapping) {
        return mapping.offsetSectors() + mapping.lengthSectors();
    }

    private static SegmentMapping cut(SegmentMapping mapping, long from, long to) {
        long high = SegmentMapping.advance(mapping.high(), from - mapping.offsetSectors());
        return SegmentMapping.of(SegmentMapping.low(from, (int) (to - from)), high);
    }

    /** The index in memory, ascending. */
    List<SegmentMapping> segments() {
        return List.copyOf(index.values());
    }

    /** The log as the bytes of an index file. */
    byte[] indexFile() {
        LayerHeader indexHeader = new LayerHeader(
                1, 4096, 0, header.virtualSizeBytes(), header.uuid(), header.parentUuid(), header.userTag());
        ByteBuffer records = words(log, log.size() * 16);
        return ByteBuffer.allocate(4096 + records.remaining())
                .put(indexHeader.encode())
                .put(records)
                .array();
    }

    /** Turns the data file into a sealed layer, in place, with zeros where the original leaves garbage. */
    void seal() throws IOException {
        List<SegmentMapping> segments = segments();
        LayerHeader trailer = new LayerHeader(
                6,
                data.size(),
                segments.size(),
                header.virtualSizeBytes(),
                header.uuid(),
                header.parentUuid(),
                UserTag.NONE);
        append(words(segments, (segments.size() * 16 + 511) / 512 * 512));
        append(trailer.encode());
    }

    private static ByteBuffer words(List<SegmentMapping> segments, int bytes) {
        ByteBuffer words = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        segments.forEach(segment -> words.putLong(segment.low()).putLong(segment.high()));
        return words.rewind();
    }

    @Override
    public void close() throws IOException {
        data.close();
    }

    /** Replays the lines of an {@code .ops} file. */
    void applyAll(Path ops) throws IOException {
        for (String line : Files.readAllLines(ops)) {
            apply(line);
        }
    }
}
