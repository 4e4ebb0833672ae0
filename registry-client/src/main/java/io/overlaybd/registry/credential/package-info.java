/**
 * Users and passwords.
 *
 * <p><b>What lives here.</b> The interface through which a client asks for them, and the file that mostly answers.
 *
 * <p><b>What it may import.</b> Jackson. Nothing else of this module.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.credential.CredentialProvider}.
 */
package io.overlaybd.registry.credential;
