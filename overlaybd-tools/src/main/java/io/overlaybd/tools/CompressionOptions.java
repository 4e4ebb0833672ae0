package io.overlaybd.tools;

import io.overlaybd.zfile.ZFileOptions;
import picocli.CommandLine.Option;

/** How a command compresses that has no choice but to. Thread-confined. */
final class CompressionOptions {

    @Option(
            names = "--algorithm",
            paramLabel = "lz4|zstd",
            defaultValue = "lz4",
            description = "How to compress; by default ${DEFAULT-VALUE}.")
    private String algorithm;

    @Option(
            names = "--bs",
            paramLabel = "KiB",
            defaultValue = "4",
            description = "Size of a compressed block: 4, 8, 16, 32 or 64; by default ${DEFAULT-VALUE}.")
    private int blockSizeKiB;

    /** See {@link Compression#options(Command, String, int)}. */
    ZFileOptions of(Command command) {
        return Compression.options(command, algorithm, blockSizeKiB);
    }

    /** See {@link Compression#options(Command, String, int, String, Integer)}. */
    ZFileOptions of(Command command, String threadsOption, Integer threads) {
        return Compression.options(command, algorithm, blockSizeKiB, threadsOption, threads);
    }
}
