/**
 * The logs of a daemon, as the configuration wants them.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.log.DaemonLog} says where lines go; whoever logs does so through slf4j
 * and knows nothing of it. Its form is that of the original:
 *
 * <pre>
 *  line  = date SP time "|" level "|th=" thread "|" ( class ":" message | operation ) LF
 *  date  = YYYY "/" MM "/" DD        time = HH ":" MM ":" SS "." microseconds        in local time
 *  level = "DEBUG" | "INFO " | "WARN " | "ERROR" | "AUDIT"
 * </pre>
 *
 * <p><b>What it may import.</b> {@code overlaybd-config}, logback. Nothing else of ours knows logback.
 *
 * <p><b>Where to start.</b> {@code DaemonLog#apply}.
 */
package io.overlaybd.service.log;
