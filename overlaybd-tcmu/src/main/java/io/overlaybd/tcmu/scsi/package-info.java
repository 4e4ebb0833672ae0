/**
 * A SCSI disk: from a command block and data buffers to a status, sense and data.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tcmu.scsi.ScsiTable} finds the command of a command block; one class a
 * command, or a family of them; {@code SenseMapper}, the one place where an exception becomes sense.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io} without {@code sys}, slf4j. It knows neither ring nor kernel, so that
 * any transport of SCSI can use it.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tcmu.scsi.ScsiTable}: a new command is a class and a row there.
 */
package io.overlaybd.tcmu.scsi;
