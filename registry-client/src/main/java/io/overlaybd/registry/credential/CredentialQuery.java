package io.overlaybd.registry.credential;

/**
 * What credentials are wanted for.
 *
 * @param host the registry, {@code host[:port]}
 * @param repository name of the repository in it
 * @param url what is to be read or written there, such as {@code https://host/v2/name/blobs/sha256:...}; no user, no query
 */
public record CredentialQuery(String host, String repository, String url) {}
