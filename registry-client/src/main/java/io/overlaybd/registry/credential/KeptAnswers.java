package io.overlaybd.registry.credential;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of somebody who is slow to ask and may be down: a server, a program. An answer counts for a minute; then the first who
 * needs it asks again, and the others go on with what is known. For what is not known yet, one asks and the others wait for him.
 *
 * <pre>
 *  state of a key         find                           findOther(refused)
 *  answered, fresh        the answer                     the answer if it is another, else asks
 *  answered, stale        asks; if that fails the answer asks; if that fails the answer
 *  asked just now         what came of it, without asking: an answer or the failure
 * </pre>
 *
 * So a server that fails keeps nobody out whom it has let in before, and nobody asks it more than once a second for one key, less
 * often the longer it fails. Thread-safe: the table is guarded by itself, each slot by its lock.
 */
final class KeptAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(KeptAnswers.class);
    private static final int MAX_KEYS = 1024;
    private static final long FRESH_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MAX_DOUBLINGS = 5;

    /** Asks for real. */
    interface Question {
        Credentials ask() throws IOException;
    }

    /** What is known for one key; the fields are written by who holds the lock. */
    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile Credentials answer;
        private volatile long freshUntilNanos;
        private IOException failure;
        private int failures;
        private boolean asked;
        private long quietUntilNanos;
    }

    private final Map<String, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Slot> eldest) {
            return size() > MAX_KEYS;
        }
    };

    private final LongSupplier nanoTime;

    KeptAnswers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** An answer that is not {@code refused}, if there is one; {@code refused} may be null. */
    Credentials find(String key, Credentials refused, Question question) throws IOException {
        Slot slot;
        synchronized (slots) {
            slot = slots.computeIfAbsent(key, absent -> new Slot());
        }
        if (isUsable(slot, refused) && isFresh(slot)) {
            return slot.answer;
        }
        boolean mayWait = !isUsable(slot, refused);
        if (!lock(slot, mayWait)) {
            return slot.answer;
        }
        try {
            return isUsable(slot, refused) && isFresh(slot) ? slot.answer : ask(slot, question);
        } finally {
            slot.lock.unlock();
        }
    }

    private static boolean isUsable(Slot slot, Credentials refused) {
        Credentials answer = slot.answer;
        return answer != null && !answer.equals(refused);
    }

    private boolean isFresh(Slot slot) {
        return slot.freshUntilNanos - nanoTime.getAsLong() > 0;
    }

    private static boolean lock(Slot slot, boolean mayWait) throws InterruptedIOException {
        if (slot.lock.tryLock()) {
            return true;
        }
        if (!mayWait) {
            return false;
        }
        try {
            slot.lock.lockInterruptibly();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for credentials");
        }
    }

    private Credentials ask(Slot slot, Question question) throws IOException {
        if (slot.asked && slot.quietUntilNanos - nanoTime.getAsLong() > 0) {
            return known(slot);
        }
        try {
            slot.answer = question.ask();
            slot.freshUntilNanos = nanoTime.getAsLong() + FRESH_NANOS;
            slot.failure = null;
            slot.failures = 0;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            slot.failure = e;
            if (slot.answer != null && slot.failures == 0) {
                LOG.warn("{}; what it answered last is used until it works again", e.getMessage());
            }
            slot.failures++;
        }
        slot.asked = true;
        long doublings = Math.min(MAX_DOUBLINGS, Math.max(0, slot.failures - 1));
        slot.quietUntilNanos = nanoTime.getAsLong() + (FIRST_PAUSE_NANOS << doublings);
        return known(slot);
    }

    private Credentials known(Slot slot) throws IOException {
        if (slot.answer == null) {
            // A new one for each: it is thrown in many threads.
            throw new IOException(slot.failure.getMessage(), slot.failure);
        }
        return slot.answer;
    }
}
