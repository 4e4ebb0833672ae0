package io.overlaybd.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What the operations of the vectors write: content that follows from seed, kind and address. */
public final class VectorContent {

    private VectorContent() {}

    /** {@code length} bytes for the device's byte {@code offset} on. */
    public static ByteBuffer of(char kind, long seed, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        switch (kind) {
            case 'z' -> bytes.position(length);
            case 'c' -> text(bytes, seed, offset / 512);
            case 'r' -> random(bytes, seed, offset);
            default -> throw new IllegalArgumentException("kind " + kind);
        }
        return bytes.flip();
    }

    private static void text(ByteBuffer bytes, long seed, long firstSector) {
        for (long sector = firstSector; bytes.hasRemaining(); sector++) {
            byte[] line = String.format("s%04d b%08x\n", seed % 10_000, sector).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 32; i++) {
                bytes.put(line);
            }
        }
    }

    private static void random(ByteBuffer bytes, long seed, long offset) {
        for (long at = offset; bytes.hasRemaining(); at += 8) {
            bytes.putLong(splitMix(seed << 32 ^ at / 8));
        }
    }

    private static long splitMix(long seed) {
        long x = seed + 0x9E3779B97F4A7C15L;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
