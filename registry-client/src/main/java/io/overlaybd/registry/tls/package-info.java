/**
 * Whom to trust, and who we are, in TLS.
 *
 * <p><b>What lives here.</b> The settings of a connection, and the reading of PEM files.
 *
 * <p><b>What it may import.</b> The JDK. Nothing else of this module.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.tls.TlsContext}.
 */
package io.overlaybd.registry.tls;
