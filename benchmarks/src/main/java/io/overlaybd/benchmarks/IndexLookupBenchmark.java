package io.overlaybd.benchmarks;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.MergedIndex;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Random queries of 8 sectors against the merged index: find the first mapping, walk those that overlap, take offset,
 * length, place, kind and layer of each, cut to the query. The plain binary search does the same over equal arrays. Half of
 * the queries begin in or near a segment, half anywhere between the first and the last.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class IndexLookupBenchmark {

    private static final int QUERIES = 1 << 16;
    private static final int QUERY_SECTORS = 8;

    /** Segments in the index. */
    @Param({"1000", "10000", "100000", "1000000"})
    public int segments;

    /** How they lie. */
    @Param({"EVEN", "CLUSTERED", "SKEWED", "HOSTILE"})
    public SegmentDistribution distribution;

    private final long[] queries = new long[QUERIES];
    private int next;
    private MergedIndex index;
    private long[] low;
    private long[] high;

    @Setup
    public void build() throws IOException {
        Random random = new Random(7);
        LayerIndex layer = distribution.segments(random, segments);
        index = MergedIndex.merge(List.of(layer));
        low = new long[segments];
        high = new long[segments];
        for (int i = 0; i < segments; i++) {
            low[i] = layer.get(i).low();
            high[i] = layer.get(i).high();
        }
        long first = index.offsetSectors(0);
        long span = index.endSectors(segments - 1) - first;
        for (int i = 0; i < QUERIES; i++) {
            long near = index.offsetSectors(random.nextInt(segments)) + random.nextInt(128);
            queries[i] = random.nextBoolean() ? near : first + (random.nextLong() >>> 1) % span;
        }
    }

    private long query() {
        next = (next + 1) & (QUERIES - 1);
        return queries[next];
    }

    @Benchmark
    public void mergedIndex(Blackhole sink) {
        long from = query();
        long to = from + QUERY_SECTORS;
        for (int i = index.firstEndingAfter(from); i < index.size() && index.offsetSectors(i) < to; i++) {
            long start = Math.max(from, index.offsetSectors(i));
            long cutOff = start - index.offsetSectors(i);
            sink.consume(start);
            sink.consume(Math.min(to, index.endSectors(i)) - start);
            sink.consume(index.isZeroed(i) ? -1 : index.mappedSector(i) + cutOff);
            sink.consume(index.tag(i));
        }
    }

    @Benchmark
    public void plainBinarySearch(Blackhole sink) {
        long from = query();
        long to = from + QUERY_SECTORS;
        for (int i = search(from); i < low.length && SegmentMapping.offsetSectors(low[i]) < to; i++) {
            long start = Math.max(from, SegmentMapping.offsetSectors(low[i]));
            long cutOff = start - SegmentMapping.offsetSectors(low[i]);
            sink.consume(start);
            sink.consume(Math.min(to, SegmentMapping.endSectors(low[i])) - start);
            sink.consume(SegmentMapping.isZeroed(high[i]) ? -1 : SegmentMapping.mappedSector(high[i]) + cutOff);
            sink.consume(SegmentMapping.tag(high[i]));
        }
    }

    private int search(long sector) {
        int from = 0;
        int to = low.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (SegmentMapping.endSectors(low[middle]) <= sector) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
