package io.overlaybd.registry.credential;

import java.io.IOException;

/** Knows users and passwords. Asked once per token, never per read. Thread-safe. */
public interface CredentialProvider {

    /** Knows nobody. */
    CredentialProvider NONE = new CredentialProvider() {
        @Override
        public String name() {
            return "no credential file";
        }

        @Override
        public Credentials find(CredentialQuery query) {
            return Credentials.ANONYMOUS;
        }
    };

    /** What an error message calls it: a path. */
    String name();

    /**
     * The credentials for a repository, {@link Credentials#ANONYMOUS} if there are none.
     *
     * @throws IOException if they cannot be read; the message holds no secret
     */
    Credentials find(CredentialQuery query) throws IOException;
}
