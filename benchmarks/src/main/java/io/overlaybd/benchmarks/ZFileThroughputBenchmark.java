package io.overlaybd.benchmarks;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.FileSource;
import io.overlaybd.zfile.ZFile;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * MiB of plain data a second: writing a ZFile and reading it from one end to the other, beside the codec library alone on
 * the same 4 KiB blocks, from memory to memory. Ours reads the file, checks and writes checksums, keeps the index.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class ZFileThroughputBenchmark {

    private static final int MIB = 64;
    private static final int BLOCKS = (MIB << 20) / SampleData.BLOCK_BYTES;
    private static final int SLOT_BYTES = SampleData.BLOCK_BYTES + 512;

    /** What compresses. */
    @Param({"LZ4", "ZSTD"})
    public CodecId codec;

    private final ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
    private final ByteBuffer slots = ByteBuffer.allocateDirect(BLOCKS * SLOT_BYTES);
    private final int[] payloadBytes = new int[BLOCKS];
    private final LZ4Compressor lz4Compressor = LZ4Factory.nativeInstance().fastCompressor();
    private final LZ4SafeDecompressor lz4Decompressor =
            LZ4Factory.nativeInstance().safeDecompressor();
    private final ZstdCompressCtx zstdCompressor =
            new ZstdCompressCtx().setLevel(3).setContentSize(true).setChecksum(false);
    private final ZstdDecompressCtx zstdDecompressor = new ZstdDecompressCtx();
    private ByteBuffer data;
    private Path path;
    private BlobSource zfile;

    @Setup
    public void write() throws IOException {
        data = SampleData.load(MIB);
        path = Files.createTempFile("overlaybd-benchmark", ".zfile");
        try (ZFileWriter writer = ZFileWriter.create(
                FileSink.create(path, FileSink.Existing.REPLACE), ZFileOptions.DEFAULT.withCodec(codec))) {
            writer.write(data.duplicate());
            writer.finish();
        }
        zfile = ZFile.open(FileSource.open(path));
        libraryCompresses();
    }

    @TearDown
    public void delete() throws IOException {
        zfile.close();
        Files.delete(path);
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public void weDecode() throws IOException {
        for (long at = 0; at < zfile.sizeBytes(); at += chunk.capacity()) {
            zfile.readFully(at, chunk.clear());
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public int libraryDecodes() {
        int sum = 0;
        for (int i = 0; i < BLOCKS; i++) {
            int at = i * SLOT_BYTES;
            int to = i % (chunk.capacity() / SampleData.BLOCK_BYTES) * SampleData.BLOCK_BYTES;
            sum += codec == CodecId.LZ4
                    ? lz4Decompressor.decompress(slots, at, payloadBytes[i], chunk, to, SampleData.BLOCK_BYTES)
                    : zstdDecompressor.decompressDirectByteBuffer(
                            chunk, to, SampleData.BLOCK_BYTES, slots, at, payloadBytes[i]);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public void weCompressWith1Thread() throws IOException {
        compress(1);
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public void weCompressWith2Threads() throws IOException {
        compress(2);
    }

    private void compress(int threads) throws IOException {
        ZFileOptions options =
                ZFileOptions.DEFAULT.withCodec(codec).withThreads(threads).withRewriteHeader(false);
        try (ZFileWriter writer = ZFileWriter.create(new Discard(), options)) {
            writer.write(data.duplicate());
            writer.finish();
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public int libraryCompresses() {
        int sum = 0;
        for (int i = 0; i < BLOCKS; i++) {
            int from = i * SampleData.BLOCK_BYTES;
            int to = i * SLOT_BYTES;
            payloadBytes[i] = codec == CodecId.LZ4
                    ? lz4Compressor.compress(data, from, SampleData.BLOCK_BYTES, slots, to, SLOT_BYTES)
                    : zstdCompressor.compressDirectByteBuffer(
                            slots, to, SLOT_BYTES, data, from, SampleData.BLOCK_BYTES);
            sum += payloadBytes[i];
        }
        return sum;
    }

    /** Where the bytes go does not count here. */
    private static final class Discard implements BlobSink {

        private long positionBytes;

        @Override
        public String name() {
            return "nowhere";
        }

        @Override
        public long positionBytes() {
            return positionBytes;
        }

        @Override
        public void write(ByteBuffer src) {
            positionBytes += src.remaining();
            src.position(src.limit());
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
