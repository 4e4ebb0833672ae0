/**
 * The local cache of remote blobs: sparse files, one fetch per refill unit, nothing given out unchecked.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.cache.BlobCache} owns a directory and hands out {@link
 * io.overlaybd.cache.CachedBlobSource}s. Behind one: {@code BlobStore} (the read path) → {@code RefillGate} (who works on
 * which unit) → {@code Refill} (disk or origin) → {@code UnitKeeper} (what is kept) → {@code UnitWriter} (as far as space and disk
 * allow) → {@code UnitFiles} and {@code PresenceFile} (bytes and their record). {@code Capacity} counts space, {@code Evictor} frees it as {@code policy} says.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, slf4j. Where blobs come from is a {@link io.overlaybd.io.BlobOrigin}.
 *
 * <p><b>Where to start.</b> {@code docs/cache.md}, then {@code BlobStore.read}.
 */
package io.overlaybd.cache;
