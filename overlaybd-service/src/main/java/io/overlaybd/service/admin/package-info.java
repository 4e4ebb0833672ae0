/**
 * How the administrator of a machine speaks to a running daemon: HTTP over a Unix socket that only root can open.
 *
 * <pre>
 *  GET  /v1/devices                       every device: what it serves, from where, how it is
 *  GET  /v1/devices/DEV/explain?reads=N   where the time of its last reads went
 *  GET  /v1/top?seconds=N                 what every device does, measured over N seconds
 *  POST /v1/snapshot?dev_id=ID&amp;config=FILE   see {@link io.overlaybd.service.ImageService#snapshot}
 *  GET  /v1/cache                         what is cached
 *  POST /v1/cache/clear?in_use=BOOL       gives it up
 *  GET  /v1/log-level                     what is logged
 *  POST /v1/log-level?level=LEVEL         logs so much from now on: debug, info, warn, error, fatal
 *  POST /v1/reload                        reads the configuration again
 *  GET  /metrics                          as the exporter
 *  GET  /healthz, /readyz                 as the exporter
 * </pre>
 *
 * Answers are JSON objects, but for those of the last two lines; failures have a member {@code error}.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.admin.AdminApi}, the server; {@link io.overlaybd.service.admin.AdminClient};
 * {@link io.overlaybd.service.admin.Explanation}, which puts numbers into words.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.service} and all below, Jackson. <b>Where to start.</b> {@link
 * io.overlaybd.service.admin.AdminApi}.
 */
package io.overlaybd.service.admin;
