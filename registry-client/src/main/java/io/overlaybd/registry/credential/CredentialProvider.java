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

    /** What an error message calls it: a path, a URL without user and query. */
    String name();

    /**
     * The credentials for a repository, {@link Credentials#ANONYMOUS} if there are none.
     *
     * @throws IOException if they cannot be read; the message holds no secret
     */
    Credentials find(CredentialQuery query) throws IOException;

    /**
     * The same after {@code refused} was refused: who keeps answers looks again, unless his are other ones by now. May answer
     * the refused ones, if there are no others.
     */
    default Credentials findOther(CredentialQuery query, Credentials refused) throws IOException {
        return find(query);
    }
}
