/**
 * The command ring that a device shares with the kernel (TCMU, ring version 2): what the kernel wrote becomes commands,
 * answers become entries.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tcmu.ring.CommandRing} takes commands out, in order, and takes answers,
 * in any order; {@code Mailbox} and {@code CommandEntry} are flyweights that know where each field stands.
 *
 * <p><b>Threads.</b> One, the event loop of the device, for everything but the data buffers of a command. No locks: the
 * two words that change under both sides are loaded with acquire and stored with release.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, whose {@code MappedRegion} alone holds the mapping. Nothing of
 * SCSI: a command block is bytes here.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tcmu.ring.CommandRing}.
 */
package io.overlaybd.tcmu.ring;
