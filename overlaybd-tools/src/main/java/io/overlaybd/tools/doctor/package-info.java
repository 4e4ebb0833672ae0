/**
 * What {@code overlaybd-ctl doctor} looks at.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tools.doctor.Doctor}, which has everything looked at in an order in which earlier
 * findings explain later ones; {@code Check}, with one class for each subject; {@link io.overlaybd.tools.doctor.Finding}, what was
 * found and how to mend it; {@code Machine}, the files of the kernel; {@link io.overlaybd.tools.doctor.Report}, how it is told.
 *
 * <p><b>What it may import.</b> As all of the tools, but not the package of {@code overlaybd-ctl}, which imports this one.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tools.doctor.Doctor}. A new check is a class and a line there.
 */
package io.overlaybd.tools.doctor;
