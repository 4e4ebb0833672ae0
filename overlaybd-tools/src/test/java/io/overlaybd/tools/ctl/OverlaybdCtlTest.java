package io.overlaybd.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OverlaybdCtlTest {

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String subcommand, String... arguments) {
        CommandLine line = Subcommand.lineOf(new OverlaybdCtl());
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(Stream.concat(Stream.of(subcommand, "--root", root.toString()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private Path config(String json) throws IOException {
        return Files.writeString(root.resolve("config.json"), json);
    }

    private void assertFails(int status, String text, String subcommand, String... arguments) {
        assertEquals(status, run(subcommand, arguments), err::toString);
        assertTrue(err.toString().contains(text), err::toString);
    }

    @Test
    void missingModulesAreExplained() throws IOException {
        String config = config("{\"lowers\":[{\"file\":\"/x\"}]}").toString();
        assertFails(1, "modprobe -a target_core_user tcm_loop && mount -t configfs", "attach", config);
        Files.createDirectories(root.resolve("sys/kernel/config/target"));
        assertFails(1, "target_core_user is not loaded", "attach", config);
    }

    @Test
    void missingDaemonIsExplainedBeforeAnybodyWaitsForIt() throws IOException {
        FakeTree kernel = new FakeTree(root);
        kernel.process(7, "overlaybd-nbd");
        String config = config("{\"lowers\":[{\"file\":\"/x\"}]}").toString();
        assertFails(1, "no overlaybd-tcmu is running", "attach", config);
        assertEquals(1, run("status"));
        assertTrue(out.toString().contains("daemon: not running"), out::toString);
    }

    @Test
    void badConfigIsToldAtOnce() throws IOException {
        assertFails(1, "lowers[0]", "attach", config("{\"lowers\":[7]}").toString());
        assertFails(1, "no such configuration file", "attach", "/nowhere/c.json");
    }

    @Test
    void namesThatTheKernelWouldSplitAreRefused() {
        assertFails(2, "overlaybd-ctl attach: ", "attach", "/a,b.json");
        assertFails(2, "semicolon", "attach", "/a;b.json");
        assertFails(2, "at most 245 bytes", "attach", "/" + "a".repeat(250));
        assertFails(2, "--name", "attach", "/a.json", "--name", "xyz");
        assertFails(2, "--data-area-mib", "attach", "/a.json", "--data-area-mib", "0");
    }

    @Test
    void withoutSubcommandUsageIsWrong() {
        CommandLine line = Subcommand.lineOf(new OverlaybdCtl()).setErr(new PrintWriter(err, true));
        assertEquals(2, line.execute());
        assertTrue(err.toString().contains("expected a subcommand"), err::toString);
    }

    @Test
    void daemonThatComesWhileItIsAwaitedIsFound() throws IOException {
        FakeTree kernel = new FakeTree(root) {
            private int looks;

            @Override
            boolean exists(Path path) {
                if (path.equals(target()) && ++looks == 3) {
                    startDaemon();
                }
                return super.exists(path);
            }

            private void startDaemon() {
                try {
                    process(7, "overlaybd-tcmu");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        kernel.process(7, "somebody-else");
        Daemon daemon = new Daemon(kernel);
        assertThrows(IOException.class, () -> daemon.await(Duration.ZERO));
        daemon.await(Duration.ofMinutes(1));
        assertFails(2, "--wait", "attach", "/a.json", "--wait", "-1");
    }

    @Test
    void doctorsExitCodeIsTheWorstFinding() throws IOException {
        new FakeTree(root);
        Path config = Files.writeString(root.resolve("o.json"), "{\"ioEngine\": 9}");
        assertEquals(2, run("doctor", "--config", config.toString()));
        assertTrue(out.toString().contains("fail  configuration: " + config + ": ioEngine: expected"), out::toString);
        assertTrue(out.toString().contains("      mend: correct it"), out::toString);
        assertEquals(2, run("doctor", "--json", "--config", config.toString()));
        assertTrue(out.toString().contains("{\"result\":\"fail\",\"findings\":[{\"level\":\""), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void disksAreListedAndTheirStatusTold() throws IOException {
        FakeTree kernel = new FakeTree(root);
        new Attachment(kernel, DiskName.of("128")).attach("/i/c.json;five", 4, Optional.empty());
        kernel.makeFolder(kernel.core().resolve("user_1"));
        kernel.makeFolder(kernel.core().resolve("user_1/dev_2"));
        kernel.write(kernel.core().resolve("user_1/dev_2/control"), "dev_config=qcow//x");
        assertEquals(0, run("list"));
        assertEquals("128\t/dev/sdz\t/i/c.json;five\n", out.toString());
        assertEquals(0, run("status", "--json"));
        assertTrue(
                out.toString()
                        .endsWith("{\"daemon\":\"running\",\"disks\":[{\"name\":\"128\",\"config\":\"/i/c.json\","
                                + "\"devId\":\"five\",\"enabled\":true,\"device\":\"/dev/sdz\",\"sizeBytes\":1048576,"
                                + "\"readOnly\":true,\"state\":\"running\"}]}\n"),
                out::toString);
    }

    @Test
    void snapshotAsksTheDaemonForTheIdOfTheDisk() throws Exception {
        FakeTree kernel = new FakeTree(root);
        new Attachment(kernel, DiskName.of("128")).attach("/i/c.json;a b", 4, Optional.empty());
        CompletableFuture<String> asked = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean first = asked.complete(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.getResponseHeaders().set("Overlaybd-Reason", "upper is the same");
            exchange.sendResponseHeaders(first ? 200 : 500, -1);
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            assertEquals(0, run("snapshot", "sdz", "/i/next.json", "--address", address), err::toString);
            assertEquals("POST /snapshot?dev_id=a%20b&config=%2Fi%2Fnext.json", asked.get());
            assertFails(1, "no snapshot: upper is the same", "snapshot", "sdz", "/i/next.json", "--address", address);
        } finally {
            server.stop(0);
        }
        assertFails(1, "no answer from", "snapshot", "sdz", "/i/next.json", "--address", address);
    }

    @Test
    void snapshotOfADaemonWithoutTheServiceIsExplained() throws IOException {
        Path off = Files.writeString(root.resolve("daemon.json"), "{}");
        assertFails(1, "serviceConfig.enable is false", "snapshot", "five", "n.json", "--config", off.toString());
    }
}
