package io.overlaybd.benchmarks;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.StoredRange;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.service.prefetch.Trace;
import io.overlaybd.service.prefetch.TraceRead;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a start has to get of a layer, going by its trace: compressed blocks, and the same in whole units of some lengths. */
record NeededBytes(int reads, long plainBytes, long blockBytes, Map<Integer, Long> unitBytes) {

    private static final int[] UNITS = {4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10};

    static NeededBytes of(Path trace, Path layer) throws IOException {
        try (BlobSource plain = ZFile.open(TarWrapper.unwrap(FileSource.open(layer)))) {
            Trace read = Trace.parse(trace.toString(), ByteBuffer.wrap(Files.readAllBytes(trace)));
            TreeMap<Long, Long> ranges = new TreeMap<>();
            long plainBytes = 0;
            for (TraceRead each : read.reads()) {
                StoredRange stored = plain.stored(each.offsetBytes(), each.lengthBytes());
                ranges.merge(stored.offsetBytes(), stored.endBytes(), Math::max);
                plainBytes += each.lengthBytes();
            }
            long index = plain.stored(plain.sizeBytes() - 1, 1).endBytes();
            ranges.merge(index, Files.size(layer), Math::max);
            ranges.merge(0L, 4096L, Math::max);
            Map<Integer, Long> units = new TreeMap<>();
            for (int unit : UNITS) {
                units.put(unit, union(ranges, unit));
            }
            return new NeededBytes(read.reads().size(), plainBytes, union(ranges, 1), units);
        }
    }

    private static long union(TreeMap<Long, Long> ranges, int unit) {
        long sum = 0;
        long done = 0;
        for (Map.Entry<Long, Long> range : ranges.entrySet()) {
            long start = Math.max(done, range.getKey() / unit * unit);
            long end = (range.getValue() + unit - 1) / unit * unit;
            sum += Math.max(0, end - start);
            done = Math.max(done, end);
        }
        return sum;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%d pieces of %d bytes, %d compressed", reads, plainBytes, blockBytes));
        unitBytes.forEach((unit, bytes) -> text.append(", " + bytes + " in units of " + unit));
        return text.toString();
    }
}
