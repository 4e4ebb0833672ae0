/**
 * The daemon that serves images as SCSI disks of the machine, through the kernel's TCMU.
 *
 * <p><b>What lives here.</b> The command, {@link io.overlaybd.tcmu.OverlaybdTcmu}; {@code Devices}, which opens and closes
 * what the kernel tells of, on the threads of {@code DeviceTasks}; {@code FoundDevices}, which takes up those that are there
 * already; {@code ServedDevice}, one of them; {@code Backstore}, its files in
 * sysfs and configfs; {@code LostEvents}, for when the kernel could not tell; {@code WhenIdle}, for when there is none; {@code
 * IoFlusher}, what the launcher starts first. Below: {@code netlink} (what the kernel tells), {@code ring} (what it asks),
 * {@code scsi} (what it is answered), {@code loop} (who does that when), {@code supervision} (what whoever started it is told).
 *
 * <p><b>What it may import.</b> {@code overlaybd-service} (here only), {@code overlaybd-io}, netty, slf4j.
 *
 * <p><b>Where to start.</b> {@code Devices}.
 */
package io.overlaybd.tcmu;
