/**
 * What an image is made of: manifests, indexes, configurations, and their JSON.
 *
 * <p><b>What lives here.</b> Records in the order in which their fields are written, since digests depend on it, and the
 * media types and annotations that overlaybd images carry.
 *
 * <p><b>What it may import.</b> Jackson. Nothing else of this module.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.manifest.Manifest}.
 */
package io.overlaybd.registry.manifest;
