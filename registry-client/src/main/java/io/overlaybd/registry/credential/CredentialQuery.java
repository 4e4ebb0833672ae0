package io.overlaybd.registry.credential;

/**
 * What credentials are wanted for.
 *
 * @param host the registry, {@code host[:port]}
 * @param repository name of the repository in it
 * @param blobsUrl the URL that the repository's blobs stand under
 */
public record CredentialQuery(String host, String repository, String blobsUrl) {}
