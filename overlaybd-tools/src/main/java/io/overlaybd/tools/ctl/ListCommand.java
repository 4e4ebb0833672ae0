package io.overlaybd.tools.ctl;

import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Which disks there are. */
@Command(
        name = "list",
        versionProvider = Subcommand.BuiltVersion.class,
        description = "Show the devices of overlaybd, whoever made them: name, disk, config.",
        footer = {"", "Example:", "  overlaybd-ctl list"})
final class ListCommand extends KernelCommand {

    @Override
    protected void work() throws IOException {
        for (Disk disk : new Disks(kernel()).all()) {
            String path = disk.disk().map(name -> "/dev/" + name).orElse(disk.enabled() ? "-" : "(not enabled)");
            output().println(disk.name() + "\t" + path + "\t" + disk.config());
        }
    }
}
