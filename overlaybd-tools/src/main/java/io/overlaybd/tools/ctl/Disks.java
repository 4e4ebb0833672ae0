package io.overlaybd.tools.ctl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds devices of ours in configfs, whoever made them. Stateless. */
final class Disks {

    private static final String OURS = "overlaybd/";
    private static final String PREFIX = "dev_";

    private final KernelTree kernel;

    Disks(KernelTree kernel) {
        this.kernel = kernel;
    }

    /** All of them, by place. */
    List<Disk> all() throws IOException {
        List<Disk> disks = new ArrayList<>();
        List<Path> links = links();
        for (String hba : kernel.list(kernel.core())) {
            for (String device :
                    hba.startsWith("user_") ? kernel.list(kernel.core().resolve(hba)) : List.<String>of()) {
                disk(kernel.core().resolve(hba).resolve(device), links).ifPresent(disks::add);
            }
        }
        return disks;
    }

    /** The one that a user means. */
    Disk find(String text) throws IOException {
        List<Disk> meant = all().stream().filter(disk -> disk.isMeantBy(text)).toList();
        if (meant.size() != 1) {
            throw new IOException(text + ": " + (meant.isEmpty() ? "no" : "more than one")
                    + " device of overlaybd is meant;" + " see overlaybd-ctl list");
        }
        return meant.get(0);
    }

    private Optional<Disk> disk(Path backstore, List<Path> links) throws IOException {
        Optional<String> config = kernel.read(backstore.resolve("attrib/dev_config"))
                .filter(text -> text.startsWith(OURS))
                .map(text -> text.substring(OURS.length()));
        if (config.isEmpty()) {
            return Optional.empty();
        }
        String file = backstore.getFileName().toString();
        Optional<Path> link = links.stream()
                .filter(one -> one.getFileName().toString().equals(file))
                .findFirst();
        return Optional.of(new Disk(
                file.startsWith(PREFIX) ? file.substring(PREFIX.length()) : file,
                backstore,
                config.get(),
                kernel.read(backstore.resolve("enable")).filter("1"::equals).isPresent(),
                link,
                link.isPresent() ? diskOf(link.get()) : Optional.empty()));
    }

    /** Every link of a target port to something. */
    private List<Path> links() throws IOException {
        List<Path> links = new ArrayList<>();
        for (String target : kernel.list(kernel.loopback())) {
            Path lun = kernel.loopback().resolve(target).resolve("tpgt_1/lun/lun_0");
            for (String entry : kernel.list(lun)) {
                links.add(lun.resolve(entry));
            }
        }
        return links;
    }

    private Optional<String> diskOf(Path link) throws IOException {
        Path port = link.getParent().getParent().getParent();
        Optional<String> address = kernel.read(port.resolve("address"));
        return address.isEmpty()
                ? Optional.empty()
                : kernel.list(kernel.scsiDevice(address.get()).resolve("block")).stream()
                        .findFirst();
    }
}
