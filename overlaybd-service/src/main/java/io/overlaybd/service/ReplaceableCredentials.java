package io.overlaybd.service;

import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import java.io.IOException;

/** Credentials from a place that may be replaced by another while tokens are fetched. Thread-safe. */
final class ReplaceableCredentials implements CredentialProvider {

    private volatile CredentialProvider current;

    ReplaceableCredentials(CredentialProvider first) {
        this.current = first;
    }

    /** The next token is fetched with what this one knows. */
    void replaceBy(ReplaceableCredentials other) {
        current = other.current;
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public Credentials find(CredentialQuery query) throws IOException {
        return current.find(query);
    }
}
