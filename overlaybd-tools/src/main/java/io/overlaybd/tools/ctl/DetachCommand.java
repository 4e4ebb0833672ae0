package io.overlaybd.tools.ctl;

import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A disk goes. */
@Command(
        name = "detach",
        versionProvider = Subcommand.BuiltVersion.class,
        description = "Take a disk away that is not in use.",
        footer = {"", "Example:", "  overlaybd-ctl detach /dev/sdb"})
final class DetachCommand extends KernelCommand {

    @Parameters(paramLabel = "DEV", description = "/dev/sdX, sdX, or the name that list shows.")
    private String device;

    @Override
    protected void work() throws IOException {
        new Detachment(kernel()).detach(new Disks(kernel()).find(device));
    }
}
