package io.overlaybd.tcmu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the kernel that tell of devices, as plain files: what is written to them can be read again. */
final class FakeKernel {

    private final KernelFiles files;

    FakeKernel(Path root) throws IOException {
        files = KernelFiles.below(root);
        Files.createDirectories(files.uioClass());
        Files.createDirectories(files.core());
        Files.createDirectories(files.module());
        Files.createDirectories(files.dev());
    }

    KernelFiles files() {
        return files;
    }

    /** A device of our kind. */
    Backstore add(int minor, String device) throws IOException {
        return add(minor, device, "tcm-user/1/" + device + "/overlaybd//images/" + device);
    }

    Backstore add(int minor, String device, String name) throws IOException {
        Path uio = Files.createDirectories(files.uioClass().resolve("uio" + minor));
        Files.writeString(uio.resolve("name"), name + "\n");
        Path action = Files.createDirectories(files.core().resolve("user_1/" + device + "/action"));
        Files.writeString(action.resolve("block_dev"), "");
        Files.writeString(action.resolve("reset_ring"), "");
        return new Backstore(files, minor, DeviceName.parse(name).orElse(null));
    }

    void remove(Backstore backstore) throws IOException {
        Files.delete(files.uioClass().resolve(backstore.uio()).resolve("name"));
    }

    /** What was last written. */
    String blocked(Backstore backstore) throws IOException {
        return Files.readString(
                files.core().resolve("user_1/" + backstore.name().device() + "/action/block_dev"));
    }

    void awaitUnblocked(Backstore backstore) throws IOException {
        while (!blocked(backstore).equals("0")) {
            Thread.onSpinWait();
        }
    }

    String parameter(String name) throws IOException {
        return Files.readString(files.module().resolve(name));
    }
}
