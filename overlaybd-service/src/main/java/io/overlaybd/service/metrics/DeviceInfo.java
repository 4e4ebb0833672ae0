package io.overlaybd.service.metrics;

/**
 * What a device is called. Immutable.
 *
 * @param name as {@code overlaybd-ctl list} shows it
 * @param frontend what the frontend calls it, such as {@code uio0}
 * @param config path of its image config
 * @param devId id for snapshots, empty if it has none
 */
public record DeviceInfo(String name, String frontend, String config, String devId) {}
