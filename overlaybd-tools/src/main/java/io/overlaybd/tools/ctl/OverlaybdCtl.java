package io.overlaybd.tools.ctl;

import io.overlaybd.tools.Subcommand;
import picocli.CommandLine.Command;

/** Makes images disks of this machine, and takes them away again. */
@Command(
        name = "overlaybd-ctl",
        versionProvider = Subcommand.BuiltVersion.class,
        subcommands = {
            AttachCommand.class,
            DetachCommand.class,
            ListCommand.class,
            StatusCommand.class,
            SnapshotCommand.class,
            DoctorCommand.class,
            TopCommand.class,
            ExplainCommand.class,
            CacheCommand.class,
            LogLevelCommand.class,
            ReloadCommand.class
        },
        description = {
            "Make images disks of this machine, and take them away again.",
            "overlaybd-tcmu serves them. Needs root."
        },
        footer = {
            "",
            "Example:",
            "  overlaybd-ctl attach config.v1.json",
            "  mount -o ro /dev/sdb /mnt",
            "  umount /mnt && overlaybd-ctl detach /dev/sdb"
        })
public final class OverlaybdCtl extends Subcommand {

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(lineOf(new OverlaybdCtl()).execute(arguments));
    }

    @Override
    protected void work() {
        throw wrong("expected a subcommand: attach, detach, list, status, snapshot, doctor, top, explain, cache,"
                + " log-level or reload");
    }
}
