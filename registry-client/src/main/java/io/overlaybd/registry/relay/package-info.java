/**
 * Servers that have blobs besides the registry itself: proxies that share them among hosts, mirrors.
 *
 * <p><b>What lives here.</b> What a relay is, whether it works at the moment, and what was asked of it. Pure: nothing is sent from
 * here, and the time is told by who calls.
 *
 * <p><b>What it may import.</b> okhttp's URLs; nothing else of this module.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.relay.Relay}.
 */
package io.overlaybd.registry.relay;
