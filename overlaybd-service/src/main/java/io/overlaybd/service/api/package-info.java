/**
 * The HTTP service of a daemon: snapshots of images in use.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.api.HttpApi} listens and answers; {@link
 * io.overlaybd.service.api.SnapshotAnswer} has the words of the original; {@link io.overlaybd.service.api.Query} takes requests
 * apart.
 *
 * <p><b>What it may import.</b> {@code io.overlaybd.service} and the JDK's HTTP server. <b>Where to start.</b> {@link
 * io.overlaybd.service.api.HttpApi}.
 */
package io.overlaybd.service.api;
