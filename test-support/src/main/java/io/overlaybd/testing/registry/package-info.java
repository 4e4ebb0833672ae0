/**
 * A registry, and everything that can go wrong before it.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.testing.registry.DockerRegistry}, the real {@code docker-registry} as a
 * process; {@link io.overlaybd.testing.registry.TokenServer}, which hands out the tokens it wants; {@link
 * io.overlaybd.testing.registry.FaultProxy}, which stands between it and a client, counts requests and fails on command; the
 * {@link io.overlaybd.testing.registry.TestCertificates} for all of them.
 *
 * <p><b>What it may import.</b> The JDK and JUnit's assumptions.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.testing.registry.FaultProxy}.
 */
package io.overlaybd.testing.registry;
