package io.overlaybd.tools.ctl;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The steps from a disk to nothing. What is gone already is no error, so that an interrupted one can be repeated. Stateless. */
final class Detachment {

    private final KernelTree kernel;

    Detachment(KernelTree kernel) {
        this.kernel = kernel;
    }

    /** Takes a disk away, unless somebody uses it. */
    void detach(Disk disk) throws IOException {
        if (disk.disk().isPresent()) {
            checkUnused(disk.disk().get());
        }
        if (disk.link().isPresent()) {
            Path lun = disk.link().get().getParent();
            Path port = lun.getParent().getParent();
            unless(disk.link().get(), kernel::unlink);
            unless(lun, kernel::removeFolder);
            unless(port, kernel::removeFolder);
            unless(port.getParent(), kernel::removeFolder);
        }
        unless(disk.backstore(), kernel::removeFolder);
    }

    private interface Step {
        void take(Path path) throws IOException;
    }

    private static void unless(Path path, Step step) throws IOException {
        try {
            step.take(path);
        } catch (NoSuchFileException gone) {
            // as wanted
        }
    }

    private void checkUnused(String disk) throws IOException {
        Optional<String> user = kernel.list(kernel.block(disk).resolve("holders")).stream()
                .findFirst()
                .map(holder -> "used by " + holder);
        if (user.isEmpty()) {
            user = isNamedIn("mounts", disk) ? Optional.of("mounted") : Optional.empty();
        }
        if (user.isEmpty()) {
            user = isNamedIn("swaps", disk) ? Optional.of("used as swap") : Optional.empty();
        }
        if (user.isPresent()) {
            throw new IOException("/dev/" + disk + " is " + user.get() + "; end that first");
        }
    }

    /** A disk, or one of its partitions, at the begin of a line. */
    private boolean isNamedIn(String file, String disk) throws IOException {
        Pattern line = Pattern.compile("/dev/" + Pattern.quote(disk) + "[0-9]*[ \t].*");
        return kernel.read(kernel.process().resolve(file))
                .orElse("")
                .lines()
                .anyMatch(one -> line.matcher(one).matches());
    }
}
