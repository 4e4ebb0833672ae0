package io.overlaybd.registry;

import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;

/** Carries out an {@link Endpoint}: lets itself in, asks, and retries. Thread-safe. */
final class Caller {

    /** The grants of one operation: however many attempts it takes, a refused token is replaced once. */
    private static final class Entry {
        private boolean renewed;
    }

    private final Transport transport;
    private final Authorizer authorizer;
    private final Attempts attempts;
    private final RegistryOptions options;

    Caller(Transport transport, Authorizer authorizer, Attempts attempts, RegistryOptions options) {
        this.transport = transport;
        this.authorizer = authorizer;
        this.attempts = attempts;
        this.options = options;
    }

    /** Tries until it works or the policy says stop. */
    <T> T call(Access access, Endpoint<T> endpoint) throws IOException {
        return call(access, endpoint, null);
    }

    /**
     * The same, with a URL that the endpoint was redirected to before: asked first, without credentials; whatever fails
     * there is asked of the registry.
     */
    <T> T call(Access access, Endpoint<T> endpoint, RedirectMemory memory) throws IOException {
        Entry entry = new Entry();
        return attempts.run(purpose(endpoint), endpoint.lengthBytes(), endpoint.operations(), left -> {
            HttpUrl shortcut =
                    memory == null ? null : memory.target(options.time().nanoTime());
            if (shortcut != null) {
                try {
                    return take(endpoint, transport.send(endpoint, shortcut, null, left), null);
                } catch (IOException e) {
                    memory.forget(shortcut);
                    if (Thread.currentThread().isInterrupted()
                            || transport.isClosed()
                            || endpoint.operations().areEnded()) {
                        throw e;
                    }
                }
            }
            return take(endpoint, sendLetIn(access, endpoint, entry, left), memory);
        });
    }

    /** One attempt, for an operation of several requests that is retried as a whole. */
    <T> T once(Access access, Endpoint<T> endpoint, Duration left) throws IOException {
        return take(endpoint, sendLetIn(access, endpoint, new Entry(), left), null);
    }

    /** Tries several requests as one operation. */
    <T> T callTogether(Endpoint<?> first, long lengthBytes, Attempts.Attempt<T> attempt) throws IOException {
        return attempts.run(purpose(first), lengthBytes, attempt);
    }

    private Purpose purpose(Endpoint<?> endpoint) {
        return new Purpose(
                endpoint.action(), endpoint.url(), options.credentials().name());
    }

    private Answer sendLetIn(Access access, Endpoint<?> endpoint, Entry entry, Duration left) throws IOException {
        if (!Origins.same(endpoint.url(), access.repository().registry())) {
            // The registry sent an upload elsewhere: what lets us in there is part of the URL.
            return transport.send(endpoint, endpoint.url(), null, left);
        }
        Grant grant = authorizer.grant(access, endpoint.url());
        while (true) {
            Answer answer = transport.send(endpoint, endpoint.url(), grant.header(), left);
            if (!answer.isChallenge()) {
                return answer;
            }
            try (answer) {
                if (grant != Grant.NONE && entry.renewed) {
                    throw refused(access, endpoint, grant, answer);
                }
                entry.renewed |= grant != Grant.NONE;
                grant = authorizer.renew(access, endpoint.url(), grant, answer.challenges());
            }
        }
    }

    private FailedAttempt refused(Access access, Endpoint<?> endpoint, Grant grant, Answer answer) {
        FailedAttempt failure = FailedAttempt.ofAnswer(answer, options.time().now());
        authorizer.refused(access, grant, failure.toException(purpose(endpoint), 1));
        return failure;
    }

    private <T> T take(Endpoint<T> endpoint, Answer answer, RedirectMemory memory) throws IOException {
        try (answer) {
            T taken = endpoint.take(answer)
                    .orElseThrow(
                            () -> FailedAttempt.ofAnswer(answer, options.time().now()));
            if (memory != null && answer.isRedirected()) {
                memory.remember(answer.url(), options.time().nanoTime());
            }
            return taken;
        }
    }
}
