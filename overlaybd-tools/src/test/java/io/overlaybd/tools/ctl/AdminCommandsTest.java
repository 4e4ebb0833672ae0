package io.overlaybd.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.service.DaemonService;
import io.overlaybd.service.admin.AdminApi;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.DeviceInfo;
import io.overlaybd.tools.Subcommand;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that ask a running daemon. */
class AdminCommandsTest {

    @TempDir
    private Path folder;

    private DaemonService daemon;
    private Closeable api;
    private DeviceEntry device;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        Path config = Files.writeString(
                folder.resolve("overlaybd.json"),
                "{\"logConfig\":{\"logPath\":\"" + folder.resolve("log") + "\"},\"enableAudit\":false,"
                        + "\"serviceConfig\":{\"adminSocket\":\"" + socket() + "\"}}");
        daemon = DaemonService.start(Optional.of(config));
        api = AdminApi.startIfWanted(daemon);
        device = daemon.images().devices().enter(new DeviceInfo("abc", "uio0", "/nowhere/c.json", ""));
        device.meter().servedAtOnce(7, 4096, 1000);
    }

    @AfterEach
    void stop() throws IOException {
        device.close();
        api.close();
        daemon.close();
    }

    private String socket() {
        return folder.resolve("admin.sock").toString();
    }

    private int run(String subcommand, String... arguments) {
        CommandLine line = Subcommand.lineOf(new OverlaybdCtl());
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        Stream<String> usual = Stream.of(subcommand, "--root", folder.toString(), "--socket", socket());
        return line.execute(Stream.concat(usual, Stream.of(arguments)).toArray(String[]::new));
    }

    private void assertSays(String text, String subcommand, String... arguments) {
        assertEquals(0, run(subcommand, arguments), err::toString);
        assertTrue(out.toString().contains(text), out::toString);
    }

    @Test
    void explainSaysHowManyReadsWaited() {
        assertSays("abc: 7 reads so far, 100.0 % of them waited for nothing", "explain", "abc");
        assertSays("\"inlineReads\":7", "explain", "abc", "--json");
    }

    @Test
    void topIsATableOrJson() {
        assertSays("abc (no image)", "top", "--once", "--delay", "1");
        assertSays("\"name\":\"abc\"", "top", "--once", "--json", "--delay", "1");
    }

    @Test
    void cacheLogLevelAndConfigurationAreWithinReach() {
        assertSays("used: 0 bytes", "cache");
        assertSays("freed: 0 bytes", "cache", "--clear", "--in-use");
        assertSays("info", "log-level");
        assertSays("warn", "log-level", "warn");
        assertSays("0 changes", "reload");
    }

    @Test
    void statusAddsWhatTheDaemonKnows() throws IOException {
        FakeTree kernel = new FakeTree(folder);
        Path backstore = kernel.core().resolve("user_999999999/dev_abc");
        Files.createDirectories(backstore.resolve("attrib"));
        Files.writeString(backstore.resolve("attrib/dev_config"), "overlaybd//nowhere/c.json");
        kernel.process(7, "overlaybd-tcmu");
        assertSays("7 reads, 0 writes, 0 failed, 0 waiting", "status");
    }

    @Test
    void refusalsAndAbsentDaemonsAreExplained() throws IOException {
        assertEquals(1, run("explain", "nobody"));
        assertTrue(err.toString().contains("nobody: the daemon serves no such device"), err::toString);
        for (List<String> wrong : List.of(
                List.of("top", "--delay", "9"),
                List.of("explain", "abc", "--reads", "0"),
                List.of("cache", "--in-use"))) {
            assertEquals(2, run(wrong.get(0), wrong.subList(1, wrong.size()).toArray(String[]::new)), wrong::toString);
        }
        api.close();
        assertEquals(1, run("cache"));
        assertTrue(err.toString().contains("no daemon answers at"), err::toString);
    }
}
