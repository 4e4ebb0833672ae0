package io.overlaybd.benchmarks;

import io.overlaybd.core.CommitOptions;
import io.overlaybd.core.Committer;
import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.FileSink;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * MiB of a writable layer a second, committed into a file: it was written in pieces of 64 KiB in random order, half real bytes,
 * a quarter random ones, a quarter zeros, and lies in the page cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class CommitBenchmark {

    private static final int MIB = 128;
    private static final int PIECE_BYTES = 64 * 1024;

    /** What compresses; NONE is a plain layer. */
    @Param({"NONE", "LZ4", "ZSTD"})
    public String codec;

    /** How many threads compress. */
    @Param({"1", "2"})
    public int threads;

    private Path folder;
    private WritableLayer layer;

    @Setup
    public void write() throws IOException {
        folder = Files.createTempDirectory("overlaybd-benchmark");
        layer = WritableLayer.create(
                WritableLayer.Kind.LOG,
                folder.resolve("data"),
                folder.resolve("index"),
                LayerIdentity.ofSize((long) MIB << 20));
        ByteBuffer real = SampleData.load(MIB / 2);
        Random random = new Random(1);
        List<Integer> pieces = new ArrayList<>();
        for (int i = 0; i < (MIB << 20) / PIECE_BYTES; i++) {
            pieces.add(i);
        }
        Collections.shuffle(pieces, random);
        for (int piece : pieces) {
            layer.write((long) piece * PIECE_BYTES, content(piece, real, random));
        }
        layer.flush();
    }

    private static ByteBuffer content(int piece, ByteBuffer real, Random random) {
        byte[] bytes = new byte[PIECE_BYTES];
        switch (piece % 4) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> {}
            default ->
                real.get(piece / 4 * 2 % (real.limit() / PIECE_BYTES) * PIECE_BYTES + (piece % 2) * PIECE_BYTES, bytes);
        }
        return ByteBuffer.wrap(bytes);
    }

    @TearDown
    public void delete() throws IOException {
        layer.close();
        for (String name : List.of("data", "index", "committed")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.delete(folder);
    }

    @Benchmark
    @OperationsPerInvocation(MIB)
    public void commit() throws IOException {
        BlobSink file = FileSink.create(folder.resolve("committed"), FileSink.Existing.REPLACE);
        try (BlobSink sink = codec.equals("NONE") ? file : ZFileWriter.create(file, options())) {
            Committer.commit(LayerStack.of(List.of(layer.freeze())), sink, CommitOptions.NONE);
        }
    }

    private ZFileOptions options() {
        return ZFileOptions.DEFAULT.withCodec(CodecId.valueOf(codec)).withThreads(threads);
    }
}
