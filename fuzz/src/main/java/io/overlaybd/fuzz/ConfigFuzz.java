package io.overlaybd.fuzz;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ImageConfig;
import java.io.IOException;

/** Both configuration files. */
public final class ConfigFuzz {

    private ConfigFuzz() {}

    /** One input, read as each of the two. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            ImageConfig.parse("fuzz", data);
        } catch (IOException refused) {
            // The other reader still has its turn.
        }
        try {
            GlobalConfig.parse("fuzz", data);
        } catch (IOException refused) {
            return;
        }
    }
}
