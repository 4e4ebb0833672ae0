package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.util.List;

/** Whether the kernel can hand disks to a program. */
record ModulesCheck(Machine machine) implements Check {

    private static final String LOAD =
            "modprobe -a target_core_user tcm_loop, at each start by a file in /etc/modules-load.d";

    @Override
    public String subject() {
        return "modules";
    }

    @Override
    public List<Finding> look() throws IOException {
        return List.of(module("uio", false), module("target_core_user", false), module("tcm_loop", true));
    }

    /** One that the kernel loads by itself when it is needed is only to be there. */
    private Finding module(String name, boolean loadedOnDemand) throws IOException {
        if (machine.has("sys/module/" + name) || isBuiltIn(name)) {
            return Finding.ok("module " + name, "loaded");
        }
        if (!isInstalled(name)) {
            return Finding.fail(
                    "module " + name,
                    "not there for kernel " + release(),
                    "install the modules of this kernel (Debian: linux-image-*, Ubuntu: linux-modules-extra-*), or serve"
                            + " images with overlaybd-nbd, which needs none");
        }
        return loadedOnDemand
                ? Finding.ok("module " + name, "not loaded yet; the first disk loads it")
                : Finding.fail("module " + name, "not loaded", LOAD);
    }

    private String release() throws IOException {
        return machine.read("proc/sys/kernel/osrelease").map(String::strip).orElse("");
    }

    private boolean isBuiltIn(String name) throws IOException {
        return isListed("modules.builtin", name);
    }

    private boolean isInstalled(String name) throws IOException {
        return isListed("modules.dep", name);
    }

    private boolean isListed(String list, String name) throws IOException {
        String file = "/" + name + ".ko";
        return machine.lines("lib/modules/" + release() + "/" + list).stream()
                .map(line -> line.split(":")[0])
                .anyMatch(module -> module.endsWith(file) || module.contains(file + "."));
    }
}
