/**
 * {@code overlaybd-ctl}: images become disks of this machine, and go.
 *
 * <p><b>What lives here.</b> The command {@link io.overlaybd.tools.ctl.OverlaybdCtl} and one class for each of its subcommands;
 * {@code Attachment} and {@code Detachment}, the steps in configfs; {@code Disks}, which finds what is attached; {@code
 * KernelTree}, the one class that touches the kernel's files. Names are those that the original's snapshotter gives:
 *
 * <pre>
 *  core/user_999999999/dev_NAME/            the backstore: control, enable, attrib/...
 *  loopback/naa.199NNNNNNNNNNNNN/tpgt_1/    its target port: nexus, address; N: NAME, filled up with zeros
 *      lun/lun_0/dev_NAME                   a link to the backstore
 * </pre>
 *
 * <p><b>What it may import.</b> As all of the tools; nothing of the daemon, which is spoken to through the kernel.
 *
 * <p><b>Where to start.</b> {@code Attachment}.
 */
package io.overlaybd.tools.ctl;
