package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where libraries with machine code are unpacked: it must be writable and executable. */
record TemporaryFolderCheck(Machine machine, Path folder) implements Check {

    private static final String ELSEWHERE = "OVERLAYBD_JAVA_OPTS=-Djava.io.tmpdir=FOLDER, in the unit and in shells";

    @Override
    public String subject() {
        return "temporary files";
    }

    @Override
    public List<Finding> look() throws IOException {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            return List.of(Finding.fail(subject(), folder + " cannot be written to", ELSEWHERE));
        }
        Optional<Machine.Mount> mount = machine.mountOf(folder);
        if (mount.isPresent() && mount.get().options().contains("noexec")) {
            return List.of(Finding.fail(
                    subject(),
                    folder + " is mounted noexec (" + mount.get().folder()
                            + "): no command that needs machine code works",
                    "mount -o remount,exec " + mount.get().folder() + ", or " + ELSEWHERE));
        }
        return List.of(Finding.ok(subject(), folder + " can be written to and executed from"));
    }
}
