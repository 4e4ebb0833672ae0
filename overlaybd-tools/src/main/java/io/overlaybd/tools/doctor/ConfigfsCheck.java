package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.util.List;

/** Whether disks can be made: by folders in configfs. */
record ConfigfsCheck(Machine machine) implements Check {

    private static final String FOLDER = "sys/kernel/config";

    @Override
    public String subject() {
        return "configfs";
    }

    @Override
    public List<Finding> look() throws IOException {
        boolean mounted = machine.mounts().stream()
                .anyMatch(mount ->
                        mount.type().equals("configfs") && mount.folder().equals("/" + FOLDER));
        if (!mounted) {
            return List.of(Finding.fail(subject(), "not mounted at /" + FOLDER, "mount -t configfs none /" + FOLDER));
        }
        if (!machine.has(FOLDER + "/target")) {
            return List.of(Finding.fail(
                    subject(), "mounted, without the folder target", "modprobe -a target_core_user tcm_loop"));
        }
        return List.of(Finding.ok(subject(), "mounted at /" + FOLDER));
    }
}
