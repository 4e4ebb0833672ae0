package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelModuleTest {

    @TempDir
    private Path folder;

    private FakeKernel kernel;

    @BeforeEach
    void makeKernel() throws IOException {
        kernel = new FakeKernel(folder);
    }

    private KernelModule claim() throws IOException, InterruptedException {
        return KernelModule.claim(kernel.files(), Duration.ZERO);
    }

    @Test
    void onlyOneDaemonHasTheModule() throws Exception {
        Files.writeString(kernel.files().module().resolve("block_netlink"), "0");
        try (KernelModule first = claim()) {
            IOException refused = assertThrows(IOException.class, this::claim);
            assertTrue(refused.getMessage().contains("another overlaybd-tcmu is running"), refused::getMessage);
            first.unblockEvents();
        }
        claim().close();
    }

    @Test
    void eventsAreBlockedAndLetGo() throws Exception {
        Files.writeString(kernel.files().module().resolve("block_netlink"), "0");
        Files.writeString(kernel.files().module().resolve("reset_netlink"), "");
        try (KernelModule module = claim()) {
            module.blockAndResetEvents();
            assertEquals("1", kernel.parameter("block_netlink"));
            assertEquals("1", kernel.parameter("reset_netlink"));
            module.unblockEvents();
            assertEquals("0", kernel.parameter("block_netlink"));
        }
    }

    @Test
    void olderKernelHasNothingToBlock() throws Exception {
        try (KernelModule module = claim()) {
            module.blockAndResetEvents();
            module.unblockEvents();
        }
    }
}
