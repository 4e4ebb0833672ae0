/**
 * How the kernel tells of devices that come and go: generic netlink, family TCM-USER.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tcmu.netlink.TcmuNetlink} joins the family's group, receives events and
 * replies; {@code NetlinkMessage} is the format.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tcmu.netlink.TcmuNetlink}.
 */
package io.overlaybd.tcmu.netlink;
