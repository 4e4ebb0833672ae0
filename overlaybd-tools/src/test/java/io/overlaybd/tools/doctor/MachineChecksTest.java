package io.overlaybd.tools.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.tools.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is amiss with a machine is found and told. */
class MachineChecksTest {

    @TempDir
    Path root;

    private FakeMachine fake;

    @BeforeEach
    void makeMachine() throws IOException {
        fake = new FakeMachine(root);
    }

    static List<Finding> look(Check check) {
        List<Finding> findings = new ArrayList<>();
        Doctor.run(check, findings);
        return findings;
    }

    /** The one finding that is not ok, which has to say how to mend it. */
    static void assertOnly(Level level, String found, String mend, Check check) {
        List<Finding> findings = look(check).stream()
                .filter(finding -> finding.level() != Level.OK)
                .toList();
        assertEquals(1, findings.size(), findings::toString);
        Finding finding = findings.get(0);
        assertEquals(level, finding.level(), finding::toString);
        assertTrue(finding.found().contains(found), finding::toString);
        assertTrue(finding.mend().contains(mend), finding::toString);
    }

    static void assertOk(Check check) {
        assertTrue(
                look(check).stream().allMatch(finding -> finding.level() == Level.OK),
                () -> look(check).toString());
    }

    @Test
    void soundMachineHasNothingToMend() {
        assertOk(new ModulesCheck(fake.machine()));
        assertOk(new ConfigfsCheck(fake.machine()));
        assertOk(new PrivilegesCheck(fake.machine()));
        assertOk(new LimitsCheck(fake.machine(), "17"));
        assertOk(new DaemonCheck(fake.machine(), () -> "running", Optional.empty()));
        assertOk(new ClockCheck(Instant::now));
    }

    @Test
    void moduleThatIsNotLoadedIsToBeLoadedAndOneThatIsMissingInstalled() throws IOException {
        fake.without("sys/module/target_core_user/parameters/block_netlink");
        Files.delete(root.resolve("sys/module/target_core_user"));
        assertOnly(Level.FAIL, "not there for kernel 6.1.0-test", "linux-modules", new ModulesCheck(fake.machine()));
        fake.write("lib/modules/6.1.0-test/modules.dep", "kernel/drivers/target/target_core_user.ko.xz: a b\n");
        assertOnly(Level.FAIL, "not loaded", "modprobe -a target_core_user", new ModulesCheck(fake.machine()));
        fake.write("lib/modules/6.1.0-test/modules.builtin", "kernel/drivers/target/target_core_user.ko\n");
        assertOk(new ModulesCheck(fake.machine()));
    }

    @Test
    void moduleThatTheKernelLoadsByItselfNeedNotBeLoaded() throws IOException {
        fake.without("sys/module/tcm_loop/refcnt");
        fake.write("lib/modules/6.1.0-test/modules.dep", "kernel/drivers/target/loopback/tcm_loop.ko:\n");
        assertOk(new ModulesCheck(fake.machine()));
    }

    @Test
    void unmountedConfigfsIsToBeMounted() throws IOException {
        fake.write("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n");
        assertOnly(Level.FAIL, "not mounted", "mount -t configfs", new ConfigfsCheck(fake.machine()));
        new FakeMachine(root).without("sys/kernel/config/target/version");
        assertOnly(Level.FAIL, "without the folder target", "modprobe", new ConfigfsCheck(fake.machine()));
    }

    @Test
    void missingCapabilityIsNamed() throws IOException {
        fake.write("proc/self/status", "CapEff:\t%016x\n".formatted(~(1L << 24)));
        assertOnly(Level.WARN, "CAP_SYS_RESOURCE", "root", new PrivilegesCheck(fake.machine()));
        fake.write("proc/self/status", "CapEff:\t%016x\n".formatted(~(1L << 12)));
        assertOnly(Level.FAIL, "CAP_NET_ADMIN", "CAP_NET_ADMIN", new PrivilegesCheck(fake.machine()));
        fake.write("proc/self/status", "CapEff:\t0000000000000000\n");
        assertEquals(4, look(new PrivilegesCheck(fake.machine())).size());
    }

    @Test
    void limitsAreThoseOfTheDaemon() throws IOException {
        fake.write("proc/17/limits", FakeMachine.limits("1024", "unlimited"));
        assertOnly(Level.WARN, "the daemon may open 1024 files", "LimitNOFILE", new LimitsCheck(fake.machine(), "17"));
        assertOk(new LimitsCheck(fake.machine(), "self"));
    }

    @Test
    void lockedMemoryIsLimitedOnlyForThoseWithoutTheCapability() throws IOException {
        fake.write("proc/self/limits", FakeMachine.limits("unlimited", "65536"));
        assertOk(new LimitsCheck(fake.machine(), "self"));
        fake.write("proc/self/status", "CapEff:\t0000000000000000\n");
        assertOnly(Level.WARN, "65536 bytes", "LimitMEMLOCK", new LimitsCheck(fake.machine(), "self"));
    }

    @Test
    void temporaryFolderMustBeExecutable() throws IOException {
        Path folder = root.resolve("proc");
        assertOk(new TemporaryFolderCheck(fake.machine(), folder));
        fake.write("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\ntmpfs " + root + " tmpfs rw,noexec,nosuid 0 0\n");
        assertOnly(Level.FAIL, "noexec", "remount,exec", new TemporaryFolderCheck(fake.machine(), folder));
        assertOnly(
                Level.FAIL,
                "cannot be written to",
                "java.io.tmpdir",
                new TemporaryFolderCheck(fake.machine(), root.resolve("none")));
    }

    @Test
    void clockBeforeThisProgramIsWrong() {
        assertOnly(Level.FAIL, "1970-01-01", "set-ntp", new ClockCheck(() -> Instant.EPOCH));
    }

    @Test
    void otherHandlerOfTheKernelsCommandsIsToldOf() throws IOException {
        fake.write("proc/21/comm", "tcmu-runner\n");
        assertOnly(
                Level.WARN,
                "tcmu-runner",
                "disable",
                new DaemonCheck(fake.machine(), () -> "running", Optional.empty()));
    }

    @Test
    void whatCannotBeLookedAtIsAFindingToo() {
        assertOnly(Level.FAIL, "could not be looked at: no limits", "root", new Check() {
            @Override
            public String subject() {
                return "limits";
            }

            @Override
            public List<Finding> look() throws IOException {
                throw new IOException("no limits");
            }
        });
    }
}
