package io.overlaybd.benchmarks;

import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.RawCrc32c;
import io.overlaybd.zfile.ZFile;
import io.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Random 4 KiB reads of a local LZ4 layer, through the whole stack (index, layer, ZFile, file), beside the bare work on the
 * very same blocks: one read of the file, checksum, decode, with every offset known beforehand.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LayerReadBenchmark {

    private static final int QUERIES = 1 << 16;
    private static final int CHECKSUM_BYTES = 4;
    private static final int BLOCK_CHECKSUM_SEED = 100007;
    private static final int INDEX_OFFSET_OFFSET = 40;
    private static final int BLOCK_COUNT_OFFSET = 48;
    private static final int HEADER_BYTES = 512;

    private final RawCrc32c crc = new RawCrc32c(BLOCK_CHECKSUM_SEED);
    private final LZ4SafeDecompressor lz4 = LZ4Factory.nativeInstance().safeDecompressor();
    private final ByteBuffer stored = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer dst = ByteBuffer.allocateDirect(SampleData.BLOCK_BYTES);
    private final long[] deviceOffsets = new long[QUERIES];
    private final long[] storedOffsets = new long[QUERIES];
    private final int[] storedLengths = new int[QUERIES];
    private int next;
    private Path path;
    private FileSource file;
    private OverlayDevice device;

    @Setup
    public void open() throws IOException {
        path = Files.createTempFile("overlaybd-benchmark", ".layer");
        SampleData.writeLayer(path, SampleData.load(128), ZFileOptions.DEFAULT);
        file = FileSource.open(path);
        device = new OverlayDevice(
                "benchmark", LayerStack.of(List.of(SealedLayer.open(ZFile.open(FileSource.open(path))))));
        long[] blockOffsets = blockOffsets();
        MergedIndex index = device.layers().index();
        Random random = new Random(7);
        for (int i = 0; i < QUERIES; i++) {
            int segment = random.nextInt(index.size());
            int block = random.nextInt(index.lengthSectors(segment) / 8);
            deviceOffsets[i] = (index.offsetSectors(segment) + block * 8L) * 512;
            int stored = (int) ((index.mappedSector(segment) + block * 8L) * 512 / SampleData.BLOCK_BYTES);
            storedOffsets[i] = blockOffsets[stored];
            storedLengths[i] = (int) (blockOffsets[stored + 1] - blockOffsets[stored]);
        }
    }

    private long[] blockOffsets() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(0, head);
        ByteBuffer index = ByteBuffer.allocate((int) head.getLong(BLOCK_COUNT_OFFSET) * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(head.getLong(INDEX_OFFSET_OFFSET), index);
        long[] offsets = new long[index.capacity() / Integer.BYTES + 1];
        offsets[0] = HEADER_BYTES;
        for (int i = 1; i < offsets.length; i++) {
            offsets[i] = offsets[i - 1] + index.getInt((i - 1) * Integer.BYTES);
        }
        return offsets;
    }

    @TearDown
    public void close() throws IOException {
        device.close();
        file.close();
        Files.delete(path);
    }

    /** Through the device. */
    @Benchmark
    public ByteBuffer wholeStack() throws IOException {
        device.read(deviceOffsets[next++ & QUERIES - 1], dst.clear());
        return dst;
    }

    /** One read, checksum, decode; nothing looked up. */
    @Benchmark
    public ByteBuffer bareWork() throws IOException {
        int i = next++ & QUERIES - 1;
        int payloadBytes = storedLengths[i] - CHECKSUM_BYTES;
        file.readFully(storedOffsets[i], stored.clear().limit(storedLengths[i]));
        int expected = stored.getInt(payloadBytes);
        if (crc.ofRemaining(stored.position(0).limit(payloadBytes)) != expected) {
            throw new IllegalStateException("wrong checksum");
        }
        if (lz4.decompress(stored, 0, payloadBytes, dst, 0, SampleData.BLOCK_BYTES) != SampleData.BLOCK_BYTES) {
            throw new IllegalStateException("wrong length");
        }
        return dst;
    }
}
