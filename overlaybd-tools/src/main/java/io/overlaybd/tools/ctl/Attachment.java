package io.overlaybd.tools.ctl;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The steps from a config to a disk. If one fails, those before it are undone, last one first. Thread-confined, for one disk.
 */
final class Attachment {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration DISK = Duration.ofSeconds(10);
    private static final String LONGEST_SECONDS = "2147483"; // fits into 32 bits as milliseconds

    /** One step back. */
    private interface Undo {
        void run() throws IOException;
    }

    /** Of making a folder in a shared one. */
    private static final int MOST_TRIES = 100;

    private final KernelTree kernel;
    private final Daemon daemon;
    private final DiskName name;
    private final Deque<Undo> undo = new ArrayDeque<>();

    Attachment(KernelTree kernel, DiskName name) {
        this.kernel = kernel;
        this.daemon = new Daemon(kernel);
        this.name = name;
    }

    /**
     * Makes a disk.
     *
     * @param deviceConfig what the daemon gets to know: the path of a config, and perhaps an id
     * @param resultFile where the daemon says why it failed
     * @return the name of the disk in {@code /dev}
     */
    String attach(String deviceConfig, int dataAreaMiB, Optional<Path> resultFile) throws IOException {
        boolean done = false;
        try {
            makeBackstore(deviceConfig, dataAreaMiB, resultFile);
            String disk = export();
            done = true;
            return disk;
        } finally {
            if (!done) {
                undoAll();
            }
        }
    }

    private void makeBackstore(String deviceConfig, int dataAreaMiB, Optional<Path> resultFile) throws IOException {
        Path backstore = name.backstore(kernel);
        if (kernel.exists(backstore)) {
            throw new IOException("a disk of the name " + name.text() + " is attached already (" + backstore
                    + "); see overlaybd-ctl list, or give another --name");
        }
        makeFolderIn(name.hba(kernel), backstore);
        kernel.write(backstore.resolve("control"), "dev_config=overlaybd/" + deviceConfig);
        kernel.write(backstore.resolve("control"), "max_data_area_mb=" + dataAreaMiB);
        enable(backstore, resultFile);
        kernel.write(backstore.resolve("attrib/cmd_time_out"), LONGEST_SECONDS);
    }

    /** Comes back when the daemon has opened the image. While one is starting the kernel refuses. */
    private void enable(Path backstore, Optional<Path> resultFile) throws IOException {
        kernel.await(START, () -> tryToEnable(backstore, resultFile))
                .orElseThrow(() -> new IOException("the kernel has refused devices for " + START.toSeconds()
                        + " s, as it does while a daemon starts; see the log of overlaybd-tcmu"));
    }

    private Optional<Path> tryToEnable(Path backstore, Optional<Path> resultFile) throws IOException {
        daemon.awaitStart();
        try {
            kernel.write(backstore.resolve("enable"), "1");
            return Optional.of(backstore);
        } catch (IOException e) {
            if (e instanceof KernelTree.NotNowException || daemon.isStarting()) {
                return Optional.empty();
            }
            throw new IOException("the daemon does not open it: " + reason(e, resultFile), e);
        }
    }

    private String reason(IOException failure, Optional<Path> resultFile) throws IOException {
        Optional<String> result = resultFile.isPresent() ? kernel.read(resultFile.get()) : Optional.empty();
        return result.filter(text -> text.startsWith("failed:"))
                .map(text -> text.substring("failed:".length()).strip())
                .orElse(failure.getMessage() + "; the log of overlaybd-tcmu tells why"
                        + (resultFile.isPresent() ? "" : " (a resultFile in the config would tell here)"));
    }

    /** The kernel probes the disk before the link is made. */
    private String export() throws IOException {
        Path target = name.target(kernel);
        Path port = target.resolve("tpgt_1");
        Path lun = port.resolve("lun/lun_0");
        makeFolderIn(kernel.loopback(), target); // which loads the module
        makeFolder(port);
        kernel.write(port.resolve("nexus"), name.nexus());
        makeFolder(lun);
        Path link = lun.resolve(name.device());
        kernel.link(link, name.backstore(kernel));
        undo.push(() -> kernel.unlink(link));
        String address = kernel.read(port.resolve("address")).orElse("");
        String disk = awaitDisk(address);
        kernel.write(kernel.scsiDevice(address).resolve("timeout"), LONGEST_SECONDS);
        return disk;
    }

    /** What leads from the disk's name to its device may come a little later than both. */
    private String awaitDisk(String address) throws IOException {
        Path disks = kernel.scsiDevice(address).resolve("block");
        return kernel.await(
                        DISK,
                        () -> kernel.list(disks).stream()
                                .filter(disk -> kernel.exists(kernel.device(disk)))
                                .findFirst())
                .orElseThrow(() -> new IOException("no disk appeared at SCSI address " + address + " within "
                        + DISK.toSeconds() + " s; see dmesg and the log of overlaybd-tcmu"));
    }

    /** An attach that fails in the same moment takes the shared folder away again, if it is empty. */
    private void makeFolderIn(Path shared, Path folder) throws IOException {
        for (int tries = 1; ; tries++) {
            makeSharedFolder(shared);
            try {
                makeFolder(folder);
                return;
            } catch (NoSuchFileException gone) {
                if (tries == MOST_TRIES) {
                    throw gone;
                }
            }
        }
    }

    private void makeFolder(Path folder) throws IOException {
        kernel.makeFolder(folder);
        undo.push(() -> kernel.removeFolder(folder));
    }

    /** Of two who attach their first disks at the same time one makes it, and neither minds the other. */
    private void makeSharedFolder(Path folder) throws IOException {
        if (kernel.exists(folder)) {
            return;
        }
        try {
            makeFolder(folder);
        } catch (FileAlreadyExistsException made) {
            // as wanted
        }
    }

    private void undoAll() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (IOException e) {
                // What brought us here is what the user has to know of; a folder that others use too stays.
            }
        }
    }
}
