package io.overlaybd.config;

import java.time.Duration;

/**
 * What becomes of reads of an open image that its registry fails. Immutable.
 *
 * @param seconds for how long a read is tried again; -1 leaves that to the frontend
 * @param refused whether to wait as well where the registry answers, and refuses: 401 and 403
 */
public record ReadRetryConfig(int seconds, boolean refused) {

    private static final int UP_TO_FRONTEND = -1;

    /** What a file that says nothing of it says. */
    public static final ReadRetryConfig DEFAULT = new ReadRetryConfig(UP_TO_FRONTEND, true);

    static ReadRetryConfig from(ConfigObject object) {
        int seconds = object.integer("seconds", UP_TO_FRONTEND);
        if (seconds < UP_TO_FRONTEND) {
            object.problem("seconds", "expected at least " + UP_TO_FRONTEND + ", found " + seconds);
        }
        return new ReadRetryConfig(seconds, object.bool("refused", DEFAULT.refused));
    }

    /** For how long, if a frontend whose own custom is {@code usual} serves the image. */
    public Duration patience(Duration usual) {
        return seconds == UP_TO_FRONTEND ? usual : Duration.ofSeconds(seconds);
    }
}
