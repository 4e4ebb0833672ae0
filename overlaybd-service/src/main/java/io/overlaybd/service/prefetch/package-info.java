/**
 * Has what a program reads when it starts fetched before it asks: traces of reads, recorded in one start and replayed in the next.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.prefetch.ImageTrace} is what an image's config wants: nothing, a recording
 * ({@link io.overlaybd.service.prefetch.TraceRecording}) or a replay ({@link io.overlaybd.service.prefetch.TraceReplay}). {@link
 * io.overlaybd.service.prefetch.Trace} is the format; a {@link
 * io.overlaybd.service.prefetch.FileList} takes its place for who has none. {@link io.overlaybd.service.prefetch.ReplayPlan} makes few requests of many
 * reads.
 *
 * <p><b>What it may import.</b> Contracts, layers, cache, configuration; of the service {@code ext4}. <b>Where to start.</b> {@link
 * io.overlaybd.service.prefetch.ImageTrace}.
 */
package io.overlaybd.service.prefetch;
