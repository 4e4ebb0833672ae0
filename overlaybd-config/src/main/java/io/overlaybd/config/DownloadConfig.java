package io.overlaybd.config;

/**
 * The member {@code download}: how remote layers are fetched whole in the background. Immutable.
 *
 * @param delaySeconds after the device was opened
 * @param delayExtraSeconds upper bound of a random addition
 * @param maxMiBPerSecond per layer; 0 means without limit
 * @param attempts per layer, at least 1
 * @param blockSizeBytes of one read
 */
public record DownloadConfig(
        boolean enable,
        int delaySeconds,
        int delayExtraSeconds,
        int maxMiBPerSecond,
        int attempts,
        long blockSizeBytes) {

    /** Nothing is downloaded. */
    public static final DownloadConfig OFF = new DownloadConfig(false, 0, 0, 0, 1, 1);

    private static final int DEFAULT_DELAY_EXTRA_SECONDS = 30;

    static DownloadConfig from(ConfigObject object) {
        int delayExtra = object.integer("delayExtra", DEFAULT_DELAY_EXTRA_SECONDS);
        int attempts = object.integer("tryCnt", 5);
        if (attempts < 1) {
            object.warning("tryCnt", "expected at least 1, found " + attempts + "; 1 is used");
        }
        long blockSize = object.unsigned32("blockSize", 256 * 1024);
        if (blockSize == 0) {
            object.problem("blockSize", "expected a number of bytes, found 0");
        }
        return new DownloadConfig(
                object.bool("enable", false),
                object.integer("delay", 300),
                delayExtra > 0 ? delayExtra : DEFAULT_DELAY_EXTRA_SECONDS,
                Math.max(0, object.integer("maxMBps", 100)),
                Math.max(1, attempts),
                blockSize);
    }
}
