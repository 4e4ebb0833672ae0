/**
 * What commands say besides their output and their errors: a few lines on standard error.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.tools.log.StandardErrorLogging}, which the launcher of the short commands
 * names as the provider of SLF4J: a configured logging framework takes a tenth of a second to start, a daemon's
 * business.
 *
 * <p><b>What it may import.</b> SLF4J.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tools.log.StandardErrorLogger}.
 */
package io.overlaybd.tools.log;
