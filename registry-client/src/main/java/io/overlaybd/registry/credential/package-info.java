/**
 * Users and passwords.
 *
 * <p><b>What lives here.</b> The interface through which a client asks for them, and who answers: a file, the programs that it
 * names, a server.
 *
 * <p><b>What it may import.</b> Jackson, okhttp; of this module {@code tls} and {@code unix}.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.credential.CredentialProvider}.
 */
package io.overlaybd.registry.credential;
