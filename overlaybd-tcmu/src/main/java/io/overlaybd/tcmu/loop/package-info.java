/**
 * The serving of one device: a ring on one side, a table of commands on the other.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tcmu.loop.DeviceLoop} waits for the kernel and owns the mapping; {@link
 * io.overlaybd.tcmu.loop.RingServer} is what happens when there is something in the ring.
 *
 * <p><b>Threads.</b> What cannot block is served on the event loop, which many devices may share; what may goes to the
 * device's own workers, so that a dead registry behind one device stalls no other.
 *
 * <p><b>What it may import.</b> {@code ring}, {@code scsi}, {@code overlaybd-io}, netty, slf4j.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tcmu.loop.RingServer#serve}.
 */
package io.overlaybd.tcmu.loop;
