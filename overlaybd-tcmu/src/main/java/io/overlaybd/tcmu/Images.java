package io.overlaybd.tcmu;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;

/** Opens what devices are named for. Thread-safe; an image may be opened while others are. */
@FunctionalInterface
interface Images {

    /** The image of a device, which the caller closes. */
    BlockDevice open(DeviceName name) throws IOException;
}
