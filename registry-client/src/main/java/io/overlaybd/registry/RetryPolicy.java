package io.overlaybd.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Which failure is worth another attempt, and after which pause. Pure: no clock, no randomness of its own. Immutable.
 *
 * <table>
 * <caption>Classes of failure</caption>
 * <tr><th>Failure</th><th>Attempts</th><th>Pause</th></tr>
 * <tr><td>401, 403, 404, 410, other 4xx, certificate</td><td>1</td><td>-</td></tr>
 * <tr><td>wrong range, 200 for a range, signed URL refused</td><td>2</td><td>none</td></tr>
 * <tr><td>transfer cut after some bytes</td><td>maxAttempts</td><td>none at first, then as below</td></tr>
 * <tr><td>429, 5xx, time-out, reset, no connection</td><td>maxAttempts</td><td>Retry-After, or doubled each time</td></tr>
 * </table>
 *
 * <p>A new token after a 401 is not an attempt; it is bounded by its own rule, one per operation.
 *
 * @param maxAttempts how many attempts an operation gets, the first included
 * @param firstPause pause before the second attempt; doubled before each further one; its upper half is random
 * @param longestPause bound of the doubling
 * @param longestRetryAfter a server that asks for a longer wait than this is given up at once
 * @param deadline how long an operation may take, pauses included, besides the time for its bytes
 * @param slowestBytesPerSecond the rate that an operation may count on for its bytes, which lengthens the deadline
 */
public record RetryPolicy(
        int maxAttempts,
        Duration firstPause,
        Duration longestPause,
        Duration longestRetryAfter,
        Duration deadline,
        long slowestBytesPerSecond) {

    private static final long LONGEST_PARSED_SECONDS = 365L * 24 * 3600;

    /** Checks the numbers. */
    public RetryPolicy {
        if (maxAttempts < 1 || slowestBytesPerSecond < 1 || firstPause.isNegative() || !isPositive(deadline)) {
            throw new IllegalArgumentException("retry policy without attempts, time or rate");
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** Five attempts in 30 seconds, pauses from 100 ms to 5 s, Retry-After up to 20 s, 64 KiB/s. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(
                5,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                64 * 1024);
    }

    /** How long an operation that moves so many bytes may take. */
    Duration budget(long lengthBytes) {
        return deadline.plusSeconds(lengthBytes / slowestBytesPerSecond);
    }

    /**
     * The pause before the next attempt, or nothing if there shall be none.
     *
     * @param attempts how many attempts were made, at least 1
     * @param left what is left of the budget
     * @param jitter from [0, 1)
     */
    Optional<Duration> pause(FailedAttempt failure, int attempts, Duration left, double jitter) {
        if (attempts >= limit(failure.recovery())) {
            return Optional.empty();
        }
        Duration asked = failure.retryAfter();
        if (asked != null && asked.compareTo(longestRetryAfter) > 0) {
            return Optional.empty();
        }
        Duration pause = pause(failure.recovery(), attempts, jitter);
        if (asked != null && asked.compareTo(pause) > 0) {
            pause = asked.plus(scale(firstPause, jitter));
        }
        return pause.compareTo(left) < 0 ? Optional.of(pause) : Optional.empty();
    }

    private int limit(FailedAttempt.Recovery recovery) {
        return switch (recovery) {
            case NONE -> 1;
            case ONCE -> Math.min(2, maxAttempts);
            case RESUME, BACK_OFF -> maxAttempts;
        };
    }

    private Duration pause(FailedAttempt.Recovery recovery, int attempts, double jitter) {
        return switch (recovery) {
            case NONE, ONCE -> Duration.ZERO;
            case RESUME -> attempts == 1 ? Duration.ZERO : backOff(attempts - 1, jitter);
            case BACK_OFF -> backOff(attempts, jitter);
        };
    }

    private Duration backOff(int attempts, double jitter) {
        Duration doubled = firstPause.multipliedBy(1L << Math.min(attempts - 1, 20));
        Duration bounded = doubled.compareTo(longestPause) < 0 ? doubled : longestPause;
        return scale(bounded, 0.5 + jitter / 2);
    }

    private static Duration scale(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }

    /** Reads a Retry-After of either form, seconds or a date; null if there is none or it makes no sense. */
    static Duration parseRetryAfter(String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long seconds = text.length() > 9 ? LONGEST_PARSED_SECONDS : Long.parseLong(text);
            return Duration.ofSeconds(Math.min(seconds, LONGEST_PARSED_SECONDS));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
        } catch (DateTimeException notADate) {
            return null;
        }
    }
}
