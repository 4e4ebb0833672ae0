/**
 * What a file is, and whether it is healthy.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tools.inspect.Inspector} looks at one file and makes an {@link
 * io.overlaybd.tools.inspect.Inspection}, which {@link io.overlaybd.tools.inspect.TextReport} and {@link
 * io.overlaybd.tools.inspect.JsonReport} print. {@link io.overlaybd.tools.inspect.RecordScan} reads the index file of a
 * writable layer without changing it, {@link io.overlaybd.tools.inspect.DeepCheck} reads every byte.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, {@code zfile} and {@code overlaybd-core}; nothing of the commands.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tools.inspect.Inspector}.
 */
package io.overlaybd.tools.inspect;
