/**
 * Unix sockets for a library that wants sockets of the JDK.
 *
 * <p><b>What lives here.</b> A socket over the JDK's channel for Unix sockets, and the factory that makes it.
 *
 * <p><b>What it may import.</b> The JDK.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.unix.UnixSocketFactory}.
 */
package io.overlaybd.registry.unix;
