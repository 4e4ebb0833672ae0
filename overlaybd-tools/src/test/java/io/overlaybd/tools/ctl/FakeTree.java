package io.overlaybd.tools.ctl;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A tree of plain files that does what the kernel and a daemon would do: attributes and disks appear. Tells every step. */
class FakeTree extends KernelTree {

    private static final String ADDRESS = "2:0:1";

    private final Path root;
    private final List<String> steps = new ArrayList<>();
    private final Set<String> alsoByAnother = new HashSet<>();
    private final Set<String> withoutParent = new HashSet<>();
    private String failingStep = "";
    private Change beforeEnable;
    private Change whileStarting;
    private int looks;

    FakeTree(Path root) throws IOException {
        super(root);
        this.root = root;
        Files.createDirectories(core());
        Files.createDirectories(module());
        Files.createDirectories(process());
        Files.createDirectories(root.resolve("dev"));
        Files.writeString(module().resolve("block_netlink"), "0");
        process(7, "overlaybd-tcmu");
    }

    void process(int number, String name) throws IOException {
        Files.writeString(
                Files.createDirectories(process().resolve("" + number)).resolve("comm"), name + "\n");
    }

    /** Fails a step that would be told so. */
    void failAt(String step) {
        failingStep = step;
    }

    /** Has somebody else make a folder of that name, just before it is made. */
    void makeAlsoByAnother(String name) {
        alsoByAnother.add(name);
    }

    /** Has somebody else remove the folder in which one of that name is to be made, just before. */
    void removeParentOf(String name) {
        withoutParent.add(name);
    }

    /** Something done to the files. */
    interface Change {
        void make() throws IOException;
    }

    /** Has a daemon begin to start before the first device is enabled, and be done when that is looked at the second time. */
    void onRefusedEnable(Change begin, Change end) {
        beforeEnable = begin;
        whileStarting = end;
    }

    List<String> steps() {
        return steps;
    }

    private void step(String what) throws IOException {
        steps.add(what);
        if (what.equals(failingStep)) {
            throw new IOException("fails as wanted");
        }
    }

    private String shortened(Path path) {
        return target().relativize(path).toString();
    }

    @Override
    void write(Path file, String value) throws IOException {
        step("write " + (file.startsWith(target()) ? shortened(file) : root.relativize(file)) + " " + value);
        if (value.startsWith("dev_config=")) {
            Files.writeString(file.resolveSibling("attrib/dev_config"), value.substring("dev_config=".length()) + "\n");
        }
        if (file.endsWith("enable")) {
            refuse();
        }
        super.write(file, value);
    }

    private void refuse() throws IOException {
        Change begin = beforeEnable;
        beforeEnable = null;
        if (begin != null) {
            begin.make();
            throw new NotNowException(target());
        }
    }

    @Override
    Optional<String> read(Path file) throws IOException {
        Optional<String> text = super.read(file);
        boolean starting =
                file.endsWith("block_netlink") && text.filter("1"::equals).isPresent();
        if (starting && ++looks == 2) {
            whileStarting.make();
        }
        return text;
    }

    @Override
    void makeFolder(Path folder) throws IOException {
        step("mkdir " + shortened(folder));
        String name = folder.getFileName().toString();
        if (alsoByAnother.remove(name)) {
            super.makeFolder(folder);
        }
        if (withoutParent.remove(name)) {
            removeWithAll(folder.getParent());
        }
        super.makeFolder(folder);
        if (name.startsWith("dev_")) {
            Files.createDirectory(folder.resolve("attrib"));
            touch(folder, "control", "enable", "attrib/cmd_time_out");
        } else if (name.startsWith("user_")) {
            touch(folder, "hba_info");
        } else if (name.equals("loopback")) {
            touch(folder, "version");
        } else if (name.equals("tpgt_1")) {
            Files.createDirectory(folder.resolve("lun"));
            touch(folder, "nexus");
            Files.writeString(folder.resolve("address"), ADDRESS + "\n");
        }
    }

    private static void touch(Path folder, String... names) throws IOException {
        for (String name : names) {
            Files.createFile(folder.resolve(name));
        }
    }

    @Override
    void link(Path link, Path to) throws IOException {
        step("link " + shortened(link));
        super.link(link, to);
        Files.createDirectories(scsiDevice(ADDRESS).resolve("block/sdz"));
        Files.createDirectories(block("sdz").resolve("device"));
        touch(scsiDevice(ADDRESS), "timeout");
        Files.writeString(block("sdz").resolve("size"), "2048\n");
        Files.writeString(block("sdz").resolve("ro"), "1\n");
        Files.writeString(block("sdz").resolve("device/state"), "running\n");
        touch(device("sdz").getParent(), "sdz");
    }

    @Override
    void unlink(Path link) throws IOException {
        step("unlink " + shortened(link));
        super.unlink(link);
    }

    /** With all that the kernel made in it, but not with what users made. */
    @Override
    void removeFolder(Path folder) throws IOException {
        step("rmdir " + shortened(folder));
        if (folder.getFileName().toString().startsWith("user_")) {
            try (Stream<Path> devices = Files.list(folder)) {
                if (devices.anyMatch(Files::isDirectory)) {
                    throw new IOException(folder + ": not empty");
                }
            }
        }
        removeWithAll(folder);
    }

    private static void removeWithAll(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
