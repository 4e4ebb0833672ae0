package io.overlaybd.registry;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an operation as often as the {@link RetryPolicy} allows. Thread-safe. */
final class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** One attempt at an operation. */
    @FunctionalInterface
    interface Attempt<T> {
        /** Tries once, for no longer than {@code left}. */
        T run(Duration left) throws IOException;
    }

    private final RetryPolicy policy;
    private final TimeSource time;
    private final TrafficCounters counters;

    Attempts(RetryPolicy policy, TimeSource time, TrafficCounters counters) {
        this.policy = policy;
        this.time = time;
        this.counters = counters;
    }

    /** {@link #run(Purpose, long, Operations, Attempt)} for what nobody ends. */
    <T> T run(Purpose purpose, long lengthBytes, Attempt<T> attempt) throws IOException {
        return run(purpose, lengthBytes, Operations.ENDLESS, attempt);
    }

    /**
     * Tries until it works or the policy says stop.
     *
     * @param lengthBytes how many bytes are to be moved at most, which lengthens the deadline
     * @param operations what this ends with
     */
    <T> T run(Purpose purpose, long lengthBytes, Operations operations, Attempt<T> attempt) throws IOException {
        Duration budget = policy.budget(lengthBytes);
        long startNanos = time.nanoTime();
        Duration left = budget;
        for (int attempts = 1; ; attempts++) {
            FailedAttempt failure;
            try {
                return attempt.run(left);
            } catch (RegistryException | ClosedClientException | LocalFailureException givenUp) {
                throw givenUp;
            } catch (IOException e) {
                checkInterrupt(e);
                failure = FailedAttempt.ofTransport(e);
            }
            left = budget.minusNanos(time.nanoTime() - startNanos);
            Optional<Duration> pause = policy.pause(
                    failure, attempts, left, ThreadLocalRandom.current().nextDouble());
            if (pause.isEmpty()) {
                throw failure.toException(purpose, attempts);
            }
            LOG.debug(
                    "{}: cannot {}: {}; attempt {} follows in {} ms",
                    Origins.display(purpose.url()),
                    purpose.action(),
                    failure.getMessage(),
                    attempts + 1,
                    pause.get().toMillis());
            counters.retried();
            sleep(pause.get(), operations);
            left = budget.minusNanos(time.nanoTime() - startNanos);
        }
    }

    private static void checkInterrupt(IOException e) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(e);
        }
    }

    private void sleep(Duration pause, Operations operations) throws IOException {
        if (pause.isZero()) {
            return;
        }
        Stage before = StageTimes.enter(Stage.REGISTRY_RETRY);
        try {
            operations.sleep(time, pause);
        } catch (InterruptedException e) {
            if (operations.areEnded()) {
                throw new ClosedClientException("the blob is closed");
            }
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } finally {
            StageTimes.leave(before);
        }
    }

    private static IOException interrupted(Exception cause) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while talking to a registry");
        interrupted.initCause(cause);
        return interrupted;
    }
}
