package io.overlaybd.benchmarks;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/** Single reads of an image: how many round trips a cold one takes, and how fast a warm one is beside a local layer. */
final class LazyReads {

    private static final int READ_BYTES = 4096;
    private static final int COLD_READS = 100;
    private static final int WARM_READS = 400_000;
    private static final int ROUNDS = 5;

    private LazyReads() {}

    static void run(LazyTrial trial) throws IOException {
        try (FaultProxy link = trial.link(0);
                ImageService service = ImageService.configured(Optional.of(trial.emptyCache()))) {
            attach(trial, link, service).close(); // classes are loaded once for all trials
            link.reset();
            try (ImageService fresh = ImageService.configured(Optional.of(trial.emptyCache()));
                    BlockDevice remote = attach(trial, link, fresh);
                    BlockDevice file = service.open(trial.localConfig())) {
                cold(remote, link);
                link.latency(Duration.ZERO);
                warm(remote, file);
            }
        }
    }

    private static BlockDevice attach(LazyTrial trial, FaultProxy link, ImageService service) throws IOException {
        long before = link.requests().size();
        long startNanos = System.nanoTime();
        BlockDevice device = service.open(trial.configOver(link));
        device.read(0, ByteBuffer.allocateDirect(READ_BYTES));
        report("attach and first read", startNanos, 1, link.requests().size() - before);
        return device;
    }

    private static void cold(BlockDevice device, FaultProxy link) throws IOException {
        Random random = new Random(11);
        ByteBuffer dst = ByteBuffer.allocateDirect(READ_BYTES);
        long before = link.requests().size();
        long startNanos = System.nanoTime();
        for (int i = 0; i < COLD_READS; i++) {
            device.read(random.nextLong(device.sizeBytes() / READ_BYTES) * READ_BYTES, dst.clear());
        }
        report(
                "cold random read of 4 KiB",
                startNanos,
                COLD_READS,
                link.requests().size() - before);
    }

    private static void report(String what, long startNanos, int times, long requests) {
        double roundTrips = (System.nanoTime() - startNanos) / 1e6 / times / LazyTrial.ROUND_TRIP_MILLIS;
        System.out.printf(
                Locale.ROOT, "%s: %.2f round trips, %.2f requests%n", what, roundTrips, (double) requests / times);
    }

    /** Alternates between the two, so that both have the same weather. */
    private static void warm(BlockDevice remote, BlockDevice local) throws IOException {
        readAll(remote);
        double best = 0;
        double sum = 0;
        for (int round = 0; round < ROUNDS + 2; round++) {
            double ratio = (double) nanosOfReads(local) / nanosOfReads(remote);
            if (round >= 2) { // the compiler is done by then
                best = Math.max(best, ratio);
                sum += ratio;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "warm random read of 4 KiB, cached beside local: %.2f of its rate (best of %d: %.2f)%n",
                sum / ROUNDS,
                ROUNDS,
                best);
    }

    private static void readAll(BlockDevice device) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < device.sizeBytes(); at += dst.capacity()) {
            device.read(at, dst.clear().limit((int) Math.min(dst.capacity(), device.sizeBytes() - at)));
        }
    }

    private static long nanosOfReads(BlockDevice device) throws IOException {
        Random random = new Random(7);
        ByteBuffer dst = ByteBuffer.allocateDirect(READ_BYTES);
        long startNanos = System.nanoTime();
        for (int i = 0; i < WARM_READS; i++) {
            device.read(random.nextLong(device.sizeBytes() / READ_BYTES) * READ_BYTES, dst.clear());
        }
        return System.nanoTime() - startNanos;
    }
}
