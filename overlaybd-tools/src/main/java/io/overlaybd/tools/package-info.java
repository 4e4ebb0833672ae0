/**
 * The command line: one class a command.
 *
 * <p><b>What lives here.</b> The commands on writable layers {@link
 * io.overlaybd.tools.OverlaybdCreate}, {@link io.overlaybd.tools.OverlaybdCommit}, {@link
 * io.overlaybd.tools.OverlaybdMerge} and {@link io.overlaybd.tools.OverlaybdResize}; those on files {@link
 * io.overlaybd.tools.OverlaybdZFile}, {@link io.overlaybd.tools.OverlaybdImport} and {@link
 * io.overlaybd.tools.OverlaybdExport}; those on registries {@link io.overlaybd.tools.OverlaybdPush} and {@link
 * io.overlaybd.tools.OverlaybdPullConfig}; what they share: {@link
 * io.overlaybd.tools.Command} (exit codes, errors, {@code --help}), {@link io.overlaybd.tools.Target} (files that are
 * complete or absent), {@link io.overlaybd.tools.Progress}, {@link
 * io.overlaybd.tools.RegistryCommand} (how a registry is reached); and the work itself where it is more than a copy:
 * {@link io.overlaybd.tools.RawImport}.
 *
 * <p><b>What it may import.</b> Everything of ours but the frontends, and picocli.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.tools.OverlaybdExport}, the shortest. A new command extends {@link
 * io.overlaybd.tools.Command} and gets a row in the launcher.
 */
package io.overlaybd.tools;
