package io.overlaybd.service;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The images that are open under a device id, so that they can be found by it. Thread-safe. */
final class OpenImages {

    /** Empty while the image is being opened. */
    private final Map<String, Optional<OpenImage>> byId = new ConcurrentHashMap<>();

    /** Takes an id for an image that is about to be opened. */
    void reserve(String devId) throws DuplicateDeviceException {
        if (byId.putIfAbsent(devId, Optional.empty()) != null) {
            throw new DuplicateDeviceException(devId);
        }
    }

    /** The image of a reserved id is open. */
    void opened(String devId, OpenImage image) {
        byId.put(devId, Optional.of(image));
    }

    /** The id is free again. */
    void release(String devId) {
        byId.remove(devId);
    }

    OpenImage find(String devId) throws UnknownDeviceException {
        return byId.getOrDefault(devId, Optional.empty()).orElseThrow(() -> new UnknownDeviceException(devId));
    }
}
