package io.overlaybd.benchmarks;

import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.sys.MappedRegion;
import io.overlaybd.tcmu.loop.RingServer;
import io.overlaybd.tcmu.ring.CommandRing;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a read of 4 KiB costs between ring and device: in plain memory, with a disk of zeros, without a kernel. An operation is
 * a batch of commands; {@code -prof gc} tells what it allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RingServingBenchmark {

    private static final int RING_OFFSET = 128;
    private static final int HEAD_OFFSET = 12;
    private static final int ENTRY_BYTES = 128;
    private static final int RING_BYTES = 1024 * ENTRY_BYTES;
    private static final int BLOCK_OFFSET = 112;
    private static final int DATA_BYTES = 4096;
    private static final long READ_8_BLOCKS = 0x28L << 56;

    /** Commands that are in the ring at the same time. */
    @Param({"1", "16"})
    private int batch;

    private MappedRegion region;
    private ByteBuffer ring;
    private RingServer server;
    private int head;

    /** Makes an empty ring. */
    @Setup
    public void open() throws IOException {
        region = MappedRegion.anonymous(RING_OFFSET + RING_BYTES + 16L * DATA_BYTES);
        ring = region.slice(0, RING_OFFSET + RING_BYTES);
        ring.putShort(0, (short) 2)
                .putShort(2, (short) 7)
                .putInt(4, RING_OFFSET)
                .putInt(8, RING_BYTES);
        server = new RingServer(
                "ring", CommandRing.open("ring", region), () -> {}, Runnable::run, Runnable::run, 1 << 20, this::close);
        server.serveUnit(new LogicalUnit(new NullDevice(1L << 30), "0", "", 1 << 20), new DeviceMeter());
    }

    /** Unmaps it. */
    @TearDown
    public void close() {
        region.close();
    }

    /** Puts commands in, as the kernel does, and has them answered. */
    @Benchmark
    public void read4KiB() {
        for (int i = 0; i < batch; i++) {
            submit(i);
        }
        ring.putInt(HEAD_OFFSET, head);
        server.serve();
    }

    private void submit(int i) {
        int at = RING_OFFSET + head;
        ring.putInt(at, ENTRY_BYTES | 1)
                .putShort(at + 4, (short) (i + 1))
                .putInt(at + 8, 1)
                .putInt(at + 12, 0)
                .putLong(at + 24, at + BLOCK_OFFSET)
                .putLong(at + 48, RING_OFFSET + RING_BYTES + (long) i * DATA_BYTES)
                .putLong(at + 56, DATA_BYTES)
                .putLong(at + BLOCK_OFFSET, Long.reverseBytes(READ_8_BLOCKS))
                .putLong(at + BLOCK_OFFSET + Long.BYTES, 8);
        head = (head + ENTRY_BYTES) % RING_BYTES;
    }
}
