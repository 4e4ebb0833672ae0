package io.overlaybd.registry;

import java.io.IOException;
import java.time.Duration;

/** Sends requests with what a registry wants to see, and gets that first where it must. Thread-safe. */
final class LetIn {

    /** The grants of one operation: however many attempts it takes, a refused token is replaced once. */
    static final class Entry {
        private boolean renewed;
    }

    private final Transport transport;
    private final Authorizer authorizer;
    private final RegistryOptions options;

    LetIn(Transport transport, Authorizer authorizer, RegistryOptions options) {
        this.transport = transport;
        this.authorizer = authorizer;
        this.options = options;
    }

    /** What is known to let into a registry now, without asking it. */
    Grant grant(Access access, Endpoint<?> endpoint) throws IOException {
        return authorizer.grant(access, endpoint);
    }

    Answer send(Access access, Endpoint<?> endpoint, Entry entry, Duration left) throws IOException {
        if (!Origins.same(endpoint.url(), access.repository().registry())) {
            // The registry sent an upload elsewhere: what lets us in there is part of the URL.
            return transport.send(endpoint, endpoint.url(), null, left);
        }
        Grant grant = grant(access, endpoint);
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
                grant = authorizer.renew(access, endpoint, grant, answer.challenges());
            }
        }
    }

    private FailedAttempt refused(Access access, Endpoint<?> endpoint, Grant grant, Answer answer) {
        FailedAttempt failure = FailedAttempt.ofAnswer(answer, options.time().now());
        authorizer.refused(access, grant, failure.toException(purpose(endpoint), 1));
        return failure;
    }

    Purpose purpose(Endpoint<?> endpoint) {
        return new Purpose(
                endpoint.action(), endpoint.url(), options.credentials().name());
    }
}
