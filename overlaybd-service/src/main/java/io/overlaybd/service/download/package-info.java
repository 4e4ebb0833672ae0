/**
 * Whole layers fetched in the background, so that an image needs its registry no longer.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.download.Downloads} has the downloads of a process and their threads;
 * {@link io.overlaybd.service.download.ImageDownloads} is what one image's settings make of it, and hands out sources that read
 * a blob through the cache until its file is whole. Behind them: {@code Download} (one directory: when to try, who follows) →
 * {@code DownloadRun} (one try, from what lies there to the committed file) → {@code PartialFile}; {@code SwitchingSource} (where
 * reads go); {@code Setback} and {@code Patience} (what a failure
 * means, and when to try again); {@code Throttle} and {@link io.overlaybd.service.download.Foreground} (who
 * goes first).
 *
 * <p><b>What it may import.</b> {@code blob-cache}, {@code registry-client}, {@code overlaybd-config}, {@code overlaybd-io}; not
 * the package above, which gives it blobs as {@link io.overlaybd.service.download.RemoteBlob}s. <b>Where to start.</b> {@code
 * docs/background-download.md}, then {@code DownloadRun}.
 */
package io.overlaybd.service.download;
