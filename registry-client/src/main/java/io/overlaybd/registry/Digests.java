package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;

/** The digests that stand in requests and answers. */
final class Digests {

    private Digests() {}

    /** The digest that an answer must have: the one it was asked for by, else the one in its header, else null. */
    static Digest expected(String reference, String header) throws FailedAttempt {
        if (reference.indexOf(':') >= 0) {
            return Digest.parse(reference);
        }
        if (header == null) {
            return null;
        }
        try {
            return Digest.parse(header.strip());
        } catch (IllegalArgumentException e) {
            throw FailedAttempt.protocol("Docker-Content-Digest: " + e.getMessage());
        }
    }

    /** Fails if a registry says that it stored something else than it was sent. */
    static void check(Answer answer, Digest sent) throws FailedAttempt {
        String stored = answer.header("Docker-Content-Digest");
        if (stored != null && !stored.strip().equals(sent.toString())) {
            throw FailedAttempt.protocol("the registry stored something else: expected " + sent + ", found " + stored);
        }
    }
}
