package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's files of a machine on which all is well, to be spoiled. */
final class FakeMachine {

    private final Path root;

    FakeMachine(Path root) throws IOException {
        this.root = root;
        write("proc/sys/kernel/osrelease", "6.1.0-test\n");
        write("proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
        write("proc/self/limits", limits("1048576", "unlimited"));
        write("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\nnone /sys/kernel/config configfs rw,relatime 0 0\n");
        write("sys/module/uio/refcnt", "1\n");
        write("sys/module/target_core_user/parameters/block_netlink", "0\n");
        write("sys/module/tcm_loop/refcnt", "0\n");
        write("sys/kernel/config/target/version", "6\n");
        write("proc/17/comm", "overlaybd-tcmu\n");
        write("proc/17/status", "CapEff:\t000001ffffffffff\n");
        write("proc/17/limits", limits("1048576", "unlimited"));
    }

    static String limits(String files, String lockedBytes) {
        return """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            %-20s 1048576              files
                Max locked memory         %-20s unlimited            bytes
                """.formatted(files, lockedBytes);
    }

    FakeMachine write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
        return this;
    }

    /** Takes a file and the folder it is in away. */
    FakeMachine without(String file) throws IOException {
        Files.delete(root.resolve(file));
        Files.delete(root.resolve(file).getParent());
        return this;
    }

    Machine machine() {
        return new Machine(root);
    }
}
