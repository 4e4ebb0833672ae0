package io.overlaybd.tools;

import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.codec.CodecId;
import java.util.Locale;

/** What the options of commands that compress mean. */
final class Compression {

    private Compression() {}

    /** Options for all cores, with checksums; a usage error for what there is not. */
    static ZFileOptions options(Command command, String algorithm, int blockSizeKiB) {
        CodecId codec = switch (algorithm) {
            case "lz4" -> CodecId.LZ4;
            case "zstd" -> CodecId.ZSTD;
            default -> throw command.usage("--algorithm: expected lz4 or zstd, found " + algorithm);
        };
        if (blockSizeKiB < 4 || blockSizeKiB > 64 || Integer.bitCount(blockSizeKiB) != 1) {
            throw command.usage("--bs: expected 4, 8, 16, 32 or 64 (KiB), found " + blockSizeKiB);
        }
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), ZFileOptions.MAX_THREADS);
        return ZFileOptions.DEFAULT
                .withCodec(codec)
                .withBlockSizeBytes(blockSizeKiB * 1024)
                .withThreads(threads);
    }

    /** The same for a number of threads that an option gives, all cores if it is null. */
    static ZFileOptions options(Command command, String algorithm, int blockSizeKiB, String option, Integer threads) {
        ZFileOptions options = options(command, algorithm, blockSizeKiB);
        if (threads != null && (threads < 1 || threads > ZFileOptions.MAX_THREADS)) {
            throw command.usage(option + ": expected 1 to " + ZFileOptions.MAX_THREADS + ", found " + threads);
        }
        return threads == null ? options : options.withThreads(threads);
    }

    /** A number of bytes as it is written in an option: {@code 65536}, {@code 64K}, {@code 1M}. */
    static long bytes(Command command, String option, String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (!upper.matches("[0-9]{1,12}[KMG]?")) {
            throw command.usage(option + ": expected a number of bytes such as 65536, 64K or 1M, found " + text);
        }
        int shift = 10 * ("KMG".indexOf(upper.charAt(upper.length() - 1)) + 1);
        return Long.parseLong(upper.replaceAll("[KMG]", "")) << shift;
    }
}
