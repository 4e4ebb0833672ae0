package io.overlaybd.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachmentTest {

    private static final DiskName NAME = DiskName.of("128");
    private static final List<String> UP = List.of(
            "mkdir core/user_999999999",
            "mkdir core/user_999999999/dev_128",
            "write core/user_999999999/dev_128/control dev_config=overlaybd//i/config.json;five",
            "write core/user_999999999/dev_128/control max_data_area_mb=4",
            "write core/user_999999999/dev_128/enable 1",
            "write core/user_999999999/dev_128/attrib/cmd_time_out 2147483",
            "mkdir loopback",
            "mkdir loopback/naa.1990000000000128",
            "mkdir loopback/naa.1990000000000128/tpgt_1",
            "write loopback/naa.1990000000000128/tpgt_1/nexus naa.1990000000000128",
            "mkdir loopback/naa.1990000000000128/tpgt_1/lun/lun_0",
            "link loopback/naa.1990000000000128/tpgt_1/lun/lun_0/dev_128",
            "write sys/class/scsi_device/2:0:1:0/device/timeout 2147483");
    private static final List<String> DOWN = List.of(
            "unlink loopback/naa.1990000000000128/tpgt_1/lun/lun_0/dev_128",
            "rmdir loopback/naa.1990000000000128/tpgt_1/lun/lun_0",
            "rmdir loopback/naa.1990000000000128/tpgt_1",
            "rmdir loopback/naa.1990000000000128",
            "rmdir core/user_999999999/dev_128");

    @TempDir
    private Path root;

    private FakeTree kernel;

    @BeforeEach
    void makeTree() throws IOException {
        kernel = new FakeTree(root);
    }

    private String attach(Optional<Path> resultFile) throws IOException {
        return new Attachment(kernel, NAME).attach("/i/config.json;five", 4, resultFile);
    }

    @Test
    void stepsAreThoseOfTheSnapshotter() throws IOException {
        assertEquals("sdz", attach(Optional.empty()));
        assertEquals(UP, kernel.steps());
    }

    @Test
    void whateverStepFailsAllBeforeItAreUndone() throws IOException {
        for (String step : UP) {
            kernel.failAt(step);
            assertThrows(IOException.class, () -> attach(Optional.empty()), step);
            assertEquals(List.of(), kernel.list(kernel.core()), step);
            assertEquals(List.of(), kernel.list(kernel.loopback()), step);
        }
    }

    @Test
    void folderThatOthersUseStays() throws IOException {
        kernel.makeFolder(kernel.core().resolve("user_999999999"));
        kernel.makeFolder(kernel.core().resolve("user_999999999/dev_1"));
        kernel.failAt(UP.get(4));
        assertThrows(IOException.class, () -> attach(Optional.empty()));
        assertEquals(List.of("dev_1", "hba_info"), kernel.list(kernel.core().resolve("user_999999999")));
    }

    @Test
    void folderThatAnotherMakesAtTheSameTimeIsNoFailure() throws IOException {
        for (String shared : List.of("user_999999999", "loopback")) {
            kernel.makeAlsoByAnother(shared);
        }
        assertEquals("sdz", attach(Optional.empty()));
        assertEquals(UP, kernel.steps());
    }

    @Test
    void folderThatAnotherRemovesAtTheSameTimeIsMadeAgain() throws IOException {
        for (String below : List.of("dev_128", "naa.1990000000000128")) {
            kernel.removeParentOf(below);
        }
        assertEquals("sdz", attach(Optional.empty()));
        assertEquals(2, kernel.steps().stream().filter(UP.get(0)::equals).count());
        assertEquals(2, kernel.steps().stream().filter("mkdir loopback"::equals).count());
    }

    @Test
    void refusalIsExplainedByTheResultFile() throws IOException {
        Path result = Files.writeString(root.resolve("result"), "failed:layer 3: the registry says no");
        kernel.failAt(UP.get(4));
        IOException refused = assertThrows(IOException.class, () -> attach(Optional.of(result)));
        assertEquals("the daemon does not open it: layer 3: the registry says no", refused.getMessage());
    }

    @Test
    void refusalWithoutResultFileNamesTheLog() {
        kernel.failAt(UP.get(4));
        IOException refused = assertThrows(IOException.class, () -> attach(Optional.empty()));
        assertTrue(refused.getMessage().contains("the log of overlaybd-tcmu tells why"), refused::getMessage);
    }

    @Test
    void refusalOfAStartingDaemonIsNoFailure() throws IOException {
        Path parameter = kernel.module().resolve("block_netlink");
        kernel.onRefusedEnable(() -> Files.writeString(parameter, "1"), () -> Files.writeString(parameter, "0"));
        assertEquals("sdz", attach(Optional.empty()));
        assertEquals(2, kernel.steps().stream().filter(UP.get(4)::equals).count());
    }

    @Test
    void refusalOfADaemonThatHasJustStartedIsNoFailure() throws IOException {
        kernel.onRefusedEnable(() -> {}, () -> {});
        assertEquals("sdz", attach(Optional.empty()));
        assertEquals(2, kernel.steps().stream().filter(UP.get(4)::equals).count());
    }

    @Test
    void nameThatIsInUseIsRefusedAndUntouched() throws IOException {
        attach(Optional.empty());
        IOException refused = assertThrows(IOException.class, () -> attach(Optional.empty()));
        assertTrue(refused.getMessage().contains("attached already"), refused::getMessage);
        assertEquals(1, new Disks(kernel).all().size());
    }

    @Test
    void whatIsAttachedIsFoundByAnyOfItsNames() throws IOException {
        attach(Optional.empty());
        Disks disks = new Disks(kernel);
        Disk disk = disks.find("/dev/sdz");
        assertEquals(disk, disks.find("sdz"));
        assertEquals(disk, disks.find("128"));
        assertEquals("/i/config.json", disk.path());
        assertEquals("five", disk.id());
        assertTrue(disk.enabled());
        assertThrows(IOException.class, () -> disks.find("sdy"));
    }

    @Test
    void detachingTakesEverythingDown() throws IOException {
        attach(Optional.empty());
        kernel.steps().clear();
        new Detachment(kernel).detach(new Disks(kernel).find("sdz"));
        assertEquals(DOWN, kernel.steps());
    }

    @Test
    void whatIsGoneAlreadyIsNoErrorOfDetaching() throws IOException {
        attach(Optional.empty());
        Disk disk = new Disks(kernel).find("sdz");
        new Detachment(kernel).detach(disk);
        new Detachment(kernel).detach(disk);
    }

    @Test
    void diskInUseIsNotTakenAway() throws IOException {
        attach(Optional.empty());
        Disk disk = new Disks(kernel).find("sdz");
        Files.writeString(kernel.process().resolve("mounts"), "/dev/sda1 / ext4 rw 0 0\n/dev/sdz1 /mnt ext4 ro 0 0\n");
        IOException refused = assertThrows(IOException.class, () -> new Detachment(kernel).detach(disk));
        assertEquals("/dev/sdz is mounted; end that first", refused.getMessage());
        Files.writeString(kernel.process().resolve("mounts"), "/dev/sdzz /mnt ext4 ro 0 0\n");
        Files.createDirectories(kernel.block("sdz").resolve("holders/dm-3"));
        refused = assertThrows(IOException.class, () -> new Detachment(kernel).detach(disk));
        assertEquals("/dev/sdz is used by dm-3; end that first", refused.getMessage());
    }
}
