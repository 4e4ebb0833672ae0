/**
 * What the daemon tells whoever started it: that it serves, what it does, that it is alive.
 *
 * <p><b>What lives here.</b> {@code Supervisor}, the messages of sd_notify(3) as systemd understands them; {@code Watchdog},
 * which sends the one that it is alive only while all that has to answer the kernel answers.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, slf4j.
 *
 * <p><b>Where to start.</b> {@code Supervisor}.
 */
package io.overlaybd.tcmu.supervision;
