package io.overlaybd.tcmu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parameters of the module with which a starting daemon clears away what waits for its predecessor. Stateless. */
final class KernelModule {

    private static final Logger LOG = LoggerFactory.getLogger(KernelModule.class);
    private static final Path PARAMETERS = Path.of("/sys/module/target_core_user/parameters");

    private KernelModule() {}

    /** Holds back events, and ends the waiting for replies that will not come any more. */
    static void blockAndResetEvents() throws IOException {
        set("block_netlink", "1");
        set("reset_netlink", "1");
    }

    /** Lets events come. */
    static void unblockEvents() throws IOException {
        set("block_netlink", "0");
    }

    /** Kernels before 5.0 have no such parameters. */
    private static void set(String parameter, String value) throws IOException {
        try {
            Files.writeString(PARAMETERS.resolve(parameter), value, StandardOpenOption.WRITE);
        } catch (NoSuchFileException olderKernel) {
            LOG.debug("target_core_user has no {}", parameter);
        }
    }
}
