/**
 * The operating system: the one jnr-ffi interface to libc, and the file descriptor that is closed only once nobody
 * reads from it.
 *
 * <p><b>What it may import.</b> The JDK and jnr-ffi. <b>Where to start.</b> {@link io.overlaybd.io.sys.FileDescriptor};
 * only it and its siblings here call {@link io.overlaybd.io.sys.LibC}.
 */
package io.overlaybd.io.sys;
