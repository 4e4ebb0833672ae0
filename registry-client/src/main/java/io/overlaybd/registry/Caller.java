package io.overlaybd.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Carries out an {@link Endpoint}: lets itself in, asks, and retries. Thread-safe. */
final class Caller {

    private final Transport transport;
    private final LetIn letIn;
    private final Detours detours;
    private final Attempts attempts;
    private final RegistryOptions options;

    Caller(Transport transport, LetIn letIn, Detours detours, Attempts attempts, RegistryOptions options) {
        this.transport = transport;
        this.letIn = letIn;
        this.detours = detours;
        this.attempts = attempts;
        this.options = options;
    }

    /** Tries until it works or the policy says stop. */
    <T> T call(Access access, Endpoint<T> endpoint) throws IOException {
        LetIn.Entry entry = new LetIn.Entry();
        return attempts.run(
                letIn.purpose(endpoint),
                endpoint.lengthBytes(),
                endpoint.operations(),
                left -> take(endpoint, letIn.send(access, endpoint, entry, left), null));
    }

    /**
     * The same for a blob: relays are asked first, then the URL that it was redirected to before, without credentials; whatever
     * fails there is asked of the registry.
     */
    <T> T call(Access access, Endpoint<T> endpoint, BlobRoutes routes) throws IOException {
        LetIn.Entry entry = new LetIn.Entry();
        return attempts.run(letIn.purpose(endpoint), endpoint.lengthBytes(), endpoint.operations(), left -> {
            Optional<T> detour = detours.take(access, endpoint, routes, left);
            if (detour.isPresent()) {
                return detour.get();
            }
            return direct(access, endpoint, routes.redirects(), entry, left);
        });
    }

    private <T> T direct(Access access, Endpoint<T> endpoint, RedirectMemory memory, LetIn.Entry entry, Duration left)
            throws IOException {
        HttpUrl shortcut = memory.target(options.time().nanoTime());
        if (shortcut != null) {
            try {
                return take(endpoint, transport.send(endpoint, shortcut, null, left), null);
            } catch (IOException e) {
                memory.forget(shortcut);
                if (transport.isEnded(endpoint)) {
                    throw e;
                }
            }
        }
        return take(endpoint, letIn.send(access, endpoint, entry, left), memory);
    }

    /** One attempt, for an operation of several requests that is retried as a whole. */
    <T> T once(Access access, Endpoint<T> endpoint, Duration left) throws IOException {
        return take(endpoint, letIn.send(access, endpoint, new LetIn.Entry(), left), null);
    }

    /** Tries several requests as one operation. */
    <T> T callTogether(Endpoint<?> first, long lengthBytes, Attempts.Attempt<T> attempt) throws IOException {
        return attempts.run(letIn.purpose(first), lengthBytes, attempt);
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
