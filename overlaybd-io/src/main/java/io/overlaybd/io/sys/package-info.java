/**
 * The operating system: the one jnr-ffi interface to libc, the file descriptor that is closed only once nobody reads from
 * it, memory shared with the kernel, and netlink.
 *
 * <p><b>What it may import.</b> The JDK and jnr-ffi. <b>Where to start.</b> {@link io.overlaybd.io.sys.FileDescriptor};
 * only it and its siblings here call {@link io.overlaybd.io.sys.LibC}.
 */
package io.overlaybd.io.sys;
